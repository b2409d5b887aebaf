package org.dmaengine;

import org.dmaengine.TransferNode.State;
import org.jspecify.annotations.Nullable;

/** Where the transfers of a channel stand, for whoever asks (C2). Any thread may call. */
final class ChannelStatus {
    private final VirtualChannel channel;

    ChannelStatus(VirtualChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock only where the cursors do not tell. */
    TransferState state(long cookie) {
        // In this order: see TransferRing.isAnyEndedAhead.
        boolean anyEnded = channel.ring.isAnyEndedAhead();
        if (cookie > 0 && cookie < channel.ring.headAcquire()) {
            if (!channel.endings.hasHistory()) {
                return TransferState.COMPLETE;
            }
        } else if (!anyEnded
                && !channel.pausing.isPaused()
                && cookie > 0
                && cookie < channel.ring.tailAcquire()) {
            return TransferState.IN_PROGRESS;
        }
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            long tail = channel.ring.tailAcquire();
            return stateLocked(cookie, tail, nodeOf(cookie, tail));
        }
    }

    TransferStatus status(long cookie) {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            long tail = channel.ring.tailAcquire();
            TransferNode node = nodeOf(cookie, tail);
            TransferState state = stateLocked(cookie, tail, node);
            long residue =
                    node != null
                            ? node.residueBytes()
                            : state == TransferState.UNKNOWN
                                    ? 0
                                    : channel.endings.pastResidueBytes(cookie);
            long inFlight = node != null && node.state == State.STARTED ? residue : 0;
            long completed = channel.ring.settled();
            while (completed < tail && channel.ring.hasEnded(completed)) {
                completed++;
            }
            return new TransferStatus(state, residue, inFlight, completed - 1, tail - 1);
        }
    }

    /**
     * Submitters move the tail without this lock: one look at it serves all questions, or a cookie
     * that is given out between two would seem to be over (C2).
     */
    private @Nullable TransferNode nodeOf(long cookie, long tail) {
        boolean known =
                cookie < tail
                        && channel.ring.contains(cookie)
                        && !channel.ring.isCompleteCopy(cookie);
        return known ? channel.ring.at(cookie) : null;
    }

    private TransferState stateLocked(long cookie, long tail, @Nullable TransferNode node) {
        if (node == null) {
            return cookie < tail ? channel.endings.pastState(cookie) : TransferState.UNKNOWN;
        }
        return switch (node.state) {
            case FREE, SUBMITTED, STARTED ->
                    channel.pausing.isPaused() ? TransferState.PAUSED : TransferState.IN_PROGRESS;
            case ENDED -> TransferState.of(node.outcome());
        };
    }

    void acknowledge(long cookie) {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            if (channel.ring.contains(cookie) && !channel.ring.isCompleteCopy(cookie)) {
                channel.ring.at(cookie).acknowledged = true;
                channel.ring.retire();
            }
        }
    }

    /** Whether a cookie that was given out has an outcome. */
    boolean hasEnded(long cookie) {
        synchronized (channel.lock) {
            channel.endings.abortWithdrawn();
            return !channel.ring.contains(cookie) || channel.ring.hasEnded(cookie);
        }
    }
}
