package org.dmaengine.sweep;

import org.dmaengine.Outcome;

/**
 * Checks callbacks, from the runner's call to their return: one at a time, once, in the order of
 * completion, after the outcome, none after quiescence and at most one after a termination, and
 * none forgotten (C2, C3, C4, C6, C14).
 */
final class CallbackCheck {
    private final History history;
    private final RareEvents rare;
    private final FirstViolation violation;

    CallbackCheck(History history, RareEvents rare, FirstViolation violation) {
        this.history = history;
        this.rare = rare;
        this.violation = violation;
    }

    /** The runner has called it; what it does comes later. */
    void entered(TransferShadow transfer) {
        history.note("callback entered", transfer);
        if (transfer.channel.callbacksRunning > 0) {
            violation.found("C3", "two callbacks at once on " + transfer.channel + ": " + transfer);
        }
        transfer.callbackRuns = true;
        transfer.channel.callbacksRunning++;
    }

    /** What a callback without a handle was told (C2). */
    void told(TransferShadow transfer, Outcome outcome, long bytes) {
        if (!transfer.isReported(outcome, bytes) && !transfer.channel.lost) {
            violation.found(
                    "C2",
                    "the callback of %s was told %s after %d bytes, and it was %s"
                            .formatted(transfer, outcome, bytes, transfer.reported()));
        }
    }

    void begins(TransferShadow transfer) {
        ChannelShadow channel = transfer.channel;
        history.note("callback begins", transfer);
        if (transfer.cookie <= channel.quiescedUpTo) {
            violation.found("C6", "a callback after quiescence: " + transfer);
        }
        if (transfer.closed && transfer.cookie <= channel.closedUpTo) {
            rare.count(RareEvent.CALLBACK_CLAIMED_BEFORE_CLOSE);
            if (++channel.strays > 1) {
                violation.found("C4", "a second callback after its termination: " + transfer);
            }
        }
        if (transfer.action != Action.CYCLIC) {
            if (transfer.callbacksBegun > 0) {
                violation.found("C3", "a second callback of " + transfer);
            }
            boolean visible = transfer.handle == null || transfer.handle.result().isPresent();
            if (!visible) {
                violation.found("C2", "a callback before the outcome of " + transfer);
            }
            if (transfer.endOrder != 0) {
                if (transfer.endOrder < channel.lastCallbackOrder) {
                    violation.found(
                            "C3", "not in the order of completion: the callback of " + transfer);
                }
                channel.lastCallbackOrder = transfer.endOrder;
            }
        }
        transfer.callbacksBegun++;
    }

    void ends(TransferShadow transfer) {
        history.note("callback ends", transfer);
        transfer.callbackRuns = false;
        transfer.channel.callbacksRunning--;
    }

    /** Whether any callback is to run still of what ended by itself. */
    boolean areOwed(ChannelShadows channels) {
        return channels.all().stream()
                .filter(channel -> !channel.closed && !channel.lost)
                .flatMap(channel -> channel.transfers().stream())
                .anyMatch(each -> each.endReported && each.owesCallback());
    }

    void atEnd(ChannelShadows channels) {
        for (ChannelShadow channel : channels.all()) {
            for (TransferShadow each : channel.transfers()) {
                if (each.callbackRuns) {
                    violation.found("C14", "its callback did not return: " + each);
                }
                if (each.owesCallback()) {
                    violation.found("C3", "its callback never ran: " + each);
                }
                boolean revoked =
                        each.wantsCallback
                                && each.callbacksBegun == 0
                                && each.endReported
                                && each.outcome == Outcome.COMPLETE;
                if (revoked) {
                    rare.count(RareEvent.CALLBACK_REVOKED);
                }
            }
        }
    }
}
