package org.dmaengine;

import org.dmaengine.TransferNode.Claim;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * The callbacks of a channel that wait, in completion order, and the one that is claimed (C3).
 *
 * <p>Guarded by the channel's lock.
 */
final class CallbackQueue {
    private @Nullable TransferNode first;
    private @Nullable TransferNode last;

    // For the flush of C6: how many were ever queued, and how many have returned or were revoked.
    private long queued;
    private long over;

    private @Nullable TransferNode claimed;
    private @Nullable Thread claimedBy;

    void add(TransferNode node) {
        node.claim = Claim.QUEUED;
        node.nextCallback = null;
        if (last == null) {
            first = node;
        } else {
            last.nextCallback = node;
        }
        last = node;
        queued++;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** QUEUED to CLAIMED: from here on it may run, and no termination takes it back (C4). */
    @Nullable TransferNode claimNext(Thread thread) {
        TransferNode node = first;
        if (node == null) {
            return null;
        }
        // Before anything is changed: there may be no memory for it.
        PeriodEvent event = node.hasPeriodToTell() ? node.nextEvent() : null;
        remove();
        node.claim = Claim.CLAIMED;
        node.callbackRan = true;
        node.generation().callbackClaimed = true;
        claimed = node;
        claimedBy = thread;
        if (event != null) {
            node.claimedEvent = event;
        } else {
            node.completionClaimed = true;
        }
        return node;
    }

    /** CLAIMED to IDLE: it has returned. */
    void returned(TransferNode node) {
        assert node == claimed : node + " was not claimed";
        node.claim = Claim.IDLE;
        node.generation().callbackClaimed = false;
        claimed = null;
        claimedBy = null;
        over++;
        PeriodEvent event = node.claimedEvent;
        if (event != null) {
            node.delivered = event.sequence() + 1;
            node.claimedEvent = null;
        }
    }

    /**
     * IDLE to QUEUED, in the place that it has just had: a cyclic transfer that has ended tells all
     * that is left before those that ended after it (C3), and its place is over with the last.
     */
    void keepPlace(TransferNode node) {
        node.claim = Claim.QUEUED;
        node.nextCallback = first;
        first = node;
        if (last == null) {
            last = node;
        }
        over--;
    }

    /**
     * QUEUED to IDLE: its generation was closed before it was claimed, so that it never runs (C5).
     */
    @Nullable TransferNode revokeNext() {
        TransferNode node = remove();
        if (node != null) {
            node.claim = Claim.IDLE;
            over++;
        }
        return node;
    }

    boolean isClaimed() {
        return claimed != null;
    }

    long queued() {
        return queued;
    }

    long over() {
        return over;
    }

    Optional<RunningCallback> running(String channel) {
        TransferNode node = claimed;
        Thread thread = claimedBy;
        return node == null || thread == null
                ? Optional.empty()
                : Optional.of(new RunningCallback(channel, node.cookie, thread.getName()));
    }

    private @Nullable TransferNode remove() {
        TransferNode node = first;
        if (node != null) {
            first = node.nextCallback;
            if (first == null) {
                last = null;
            }
            node.nextCallback = null;
        }
        return node;
    }
}
