package org.dmaengine.sweep;

import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.jspecify.annotations.Nullable;

/** What the oracle knows about one transfer, from outside. */
final class TransferShadow {
    final ChannelShadow channel;
    final long cookie;
    final Action action;
    final long lengthBytes;
    final long generation;
    final boolean wantsCallback;
    final Arenas.@Nullable Region region;

    // Absent for those that were submitted without a handle.
    final @Nullable Transfer handle;

    boolean taken;
    boolean lastTouch;
    // What the controller has reported of its end, once it has.
    boolean endReported;
    @Nullable Outcome reportedOutcome;
    long reportedBytes;
    long endOrder;
    boolean torn;

    /** A termination of its generation was called, and one has returned. */
    boolean closing;

    boolean closed;

    /** Something else may have terminated it: an arena that closed. */
    boolean mayBeTerminated;

    @Nullable Outcome outcome;
    long bytes;
    int callbacksBegun;
    boolean callbackRuns;

    TransferShadow(
            ChannelShadow channel,
            long cookie,
            Step step,
            long lengthBytes,
            Arenas.@Nullable Region region,
            @Nullable Transfer handle) {
        this.channel = channel;
        this.cookie = cookie;
        this.action = step.action();
        this.lengthBytes = lengthBytes;
        this.generation = channel.generation;
        this.wantsCallback = step.behaviour().style() != Behaviour.Style.NONE;
        this.region = region;
        this.handle = handle;
    }

    boolean isOnEngine() {
        return taken && !lastTouch;
    }

    /**
     * Whether an end as core tells it is what the controller reported; withdrawn, nothing moved.
     */
    boolean isReported(Outcome toldOutcome, long toldBytes) {
        return endReported
                ? toldOutcome == reportedOutcome && toldBytes == reportedBytes
                : toldOutcome == Outcome.ABORTED && toldBytes == 0;
    }

    /** What the controller reported, for people. */
    String reported() {
        return endReported
                ? reportedOutcome + " after " + reportedBytes + " bytes"
                : "no end by the controller";
    }

    /** It ended by itself, wants a callback, nothing took it back, and none has begun. */
    boolean owesCallback() {
        return wantsCallback
                && action != Action.CYCLIC
                && callbacksBegun == 0
                && !closing
                && !mayBeTerminated;
    }

    @Override
    public String toString() {
        return action + " with cookie " + cookie + " on " + channel.name;
    }
}
