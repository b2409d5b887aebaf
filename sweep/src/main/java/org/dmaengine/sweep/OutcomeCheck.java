package org.dmaengine.sweep;

import org.dmaengine.Outcome;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks for outcomes as clients do, by the handle or the channel's status, and checks each when it
 * becomes visible: not before the last touch, aborted only by somebody, and all that was moved was
 * asked for (C2, C5, P9).
 */
final class OutcomeCheck {
    private final History history;
    private final FirstViolation violation;

    // Those whose outcome was not seen yet, and those that were seen since the last step.
    private final List<TransferShadow> open = new ArrayList<>();

    OutcomeCheck(History history, FirstViolation violation) {
        this.history = history;
        this.violation = violation;
    }

    void submitted(TransferShadow transfer) {
        open.add(transfer);
    }

    /** At all whose outcome was not seen yet. */
    void look() {
        for (int i = open.size() - 1; i >= 0; i--) {
            TransferShadow transfer = open.get(i);
            if (look(transfer)) {
                open.set(i, open.getLast());
                open.removeLast();
            }
        }
    }

    void atEnd() {
        for (TransferShadow each : open) {
            violation.found("C5", "no outcome at the end: " + each);
        }
    }

    /** By its handle; one without is looked at now. */
    boolean hasEnded(TransferShadow transfer) {
        return transfer.handle != null ? transfer.handle.result().isPresent() : look(transfer);
    }

    /** True once its outcome is visible. */
    private boolean look(TransferShadow transfer) {
        if (transfer.outcome != null) {
            return true;
        }
        if (transfer.handle != null) {
            TransferResult result = transfer.handle.result().orElse(null);
            if (result == null) {
                return false;
            }
            checkResult(transfer, result);
            seen(transfer, result.outcome(), result.bytes());
            return true;
        }
        TransferState state = transfer.channel.channel.state(transfer.cookie);
        switch (state) {
            case IN_PROGRESS, PAUSED -> {
                return false;
            }
            case COMPLETE, ERROR, ABORTED -> seen(transfer, state);
            case UNKNOWN ->
                    violation.found("C2", transfer + " became unknown before its outcome was seen");
        }
        return true;
    }

    private void checkResult(TransferShadow transfer, TransferResult result) {
        boolean fits =
                transfer.action == Action.CYCLIC
                        || result.bytes() + result.residueBytes() == transfer.lengthBytes;
        if (!fits || result.residueBytes() < 0 || result.bytes() < 0) {
            violation.found(
                    "C2", result + " does not add up to " + transfer.lengthBytes + " bytes");
        }
        if (result.cookie() != transfer.cookie) {
            violation.found("C2", transfer + " got the result of another: " + result);
        }
        boolean failed =
                result.outcome() == Outcome.READ_FAILED || result.outcome() == Outcome.WRITE_FAILED;
        if (failed != result.error().isPresent()) {
            violation.found("P9", "the error of " + result + " does not fit its outcome");
        }
    }

    /** One without a handle: what the state leaves open is what the controller has reported. */
    private void seen(TransferShadow transfer, TransferState state) {
        Outcome outcome =
                transfer.reportedOutcome == null ? Outcome.ABORTED : transfer.reportedOutcome;
        boolean fits =
                switch (outcome) {
                    case COMPLETE -> state == TransferState.COMPLETE;
                    case READ_FAILED, WRITE_FAILED -> state == TransferState.ERROR;
                    case ABORTED -> state == TransferState.ABORTED;
                };
        if (!fits) {
            violation.found("C2", transfer + " is " + state + ", and ended with " + outcome);
        }
        seen(transfer, outcome, transfer.reportedBytes);
    }

    private void seen(TransferShadow transfer, Outcome outcome, long bytes) {
        transfer.outcome = outcome;
        transfer.bytes = bytes;
        history.note("outcome " + outcome + " after " + bytes + " bytes", transfer);
        if (transfer.isOnEngine()) {
            violation.found(
                    "C2", transfer + " has the outcome " + outcome + " before its last touch");
        }
        boolean reported = transfer.action == Action.CYCLIC || transfer.isReported(outcome, bytes);
        if (!reported && !transfer.channel.lost) {
            violation.found(
                    "P9",
                    "%s is told as %s after %d bytes, and was %s"
                            .formatted(transfer, outcome, bytes, transfer.reported()));
        }
        boolean terminated = transfer.closing || transfer.mayBeTerminated || transfer.channel.lost;
        if (outcome == Outcome.ABORTED && !terminated) {
            violation.found("C5", transfer + " was aborted, and nobody terminated it");
        }
        if (transfer.region != null && transfer.region.arena.isAlive()) {
            transfer.region.checkBytes(transfer, violation::found);
        }
    }
}
