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

    void afterStep() {
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
            case COMPLETE -> seen(transfer, Outcome.COMPLETE, -1);
            case ERROR -> seen(transfer, Outcome.WRITE_FAILED, -1);
            case ABORTED -> seen(transfer, Outcome.ABORTED, -1);
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

    private void seen(TransferShadow transfer, Outcome outcome, long bytes) {
        transfer.outcome = outcome;
        transfer.bytes = bytes;
        history.note(
                "outcome " + outcome + (bytes < 0 ? "" : " after " + bytes + " bytes"), transfer);
        if (transfer.isOnEngine()) {
            violation.found(
                    "C2", transfer + " has the outcome " + outcome + " before its last touch");
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
