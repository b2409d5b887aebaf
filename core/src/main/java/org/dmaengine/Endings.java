package org.dmaengine;

import org.dmaengine.TransferNode.Claim;
import org.dmaengine.TransferNode.State;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * How transfers end: each gets its one outcome (C2), then its callback or none, and goes into the
 * evidence of its generation if that is closed (C5, C9).
 *
 * <p>Under the channel's lock.
 */
final class Endings {
    private final VirtualChannel channel;

    // Volatile: made under the lock with its first entry; state() looks without it whether there is
    // one.
    private volatile @Nullable OutcomeHistory history;

    // Of a closed generation, from the first cookie until the end: taken out of the queue, and
    // still without an outcome.
    private @Nullable Generation withdrawn;
    private long withdrawnFirst;
    private long withdrawnEnd;

    Endings(VirtualChannel channel) {
        this.channel = channel;
    }

    /** Whether anything that is over was not simply complete. Any thread may call. */
    boolean hasHistory() {
        return history != null;
    }

    /** What became of one that is over. */
    TransferState pastState(long cookie) {
        OutcomeHistory known = history;
        if (known != null) {
            return known.state(cookie);
        }
        return cookie > 0 ? TransferState.COMPLETE : TransferState.UNKNOWN;
    }

    long pastResidueBytes(long cookie) {
        OutcomeHistory known = history;
        return known != null ? known.residueBytes(cookie) : 0;
    }

    boolean isAnyWithdrawn() {
        return withdrawn != null;
    }

    /** STARTED to ENDED: the last touch has happened. The caller retires. */
    void finish(TransferNode node, Outcome outcome, long bytes, @Nullable TransferError error) {
        // First of all: where memory runs out for it, the transfer has not ended.
        TransferResult result = node.resultIf(outcome, bytes, error);
        remember(node, outcome, bytes);
        Generation itsGeneration = node.generation();
        boolean old = itsGeneration != channel.generation;
        itsGeneration.onEngine--;
        if (old) {
            channel.onEngineOfOlder--;
        }
        boolean unblocks = old && channel.onEngineOfOlder == 0;
        if (channel.fenceCookie == node.cookie) {
            channel.fenceCookie = 0;
            unblocks = true;
        }
        // Before the outcome shows: whoever sees it finds the memory free.
        if (channel.loss.isLost() && Quarantine.leave(node)) {
            channel.bottomHalf.report(
                    new Fault(
                            Fault.Kind.QUARANTINE_LEFT,
                            channel.name(),
                            "a late proof arrived for " + node,
                            Optional.empty()));
        }
        publish(node, outcome, bytes, error, result);
        leftEngine();
        if (unblocks && channel.ring.hasToStart() && !channel.isHeldUp()) {
            channel.bottomHalf.note(BottomHalf.START);
        }
    }

    /** Something has left the engine, and has its outcome: whoever waits for that goes on. */
    void leftEngine() {
        if (channel.engine.wantsSweep()) {
            channel.bottomHalf.note(BottomHalf.SWEEP);
        }
        channel.pausing.ended();
        channel.waiters.wake();
    }

    /** Gives a transfer its one outcome (C2), and decides about its callback. */
    void publish(TransferNode node, Outcome outcome, long bytes, @Nullable TransferError error) {
        TransferResult result = node.resultIf(outcome, bytes, error);
        remember(node, outcome, bytes);
        publish(node, outcome, bytes, error, result);
    }

    private void publish(
            TransferNode node,
            Outcome outcome,
            long bytes,
            @Nullable TransferError error,
            @Nullable TransferResult result) {
        node.outcome = outcome;
        node.bytes = bytes;
        node.error = error;
        node.state = State.ENDED;
        channel.ring.ended();
        Transfer transfer = node.transfer;
        if (transfer != null && result != null && transfer.publish(result)) {
            channel.bottomHalf.complete(transfer);
        }
        if (node.claim == Claim.IDLE) {
            if (node.wantsCompletionCallback() && !node.generation().closed) {
                channel.claims.queueCallback(node);
            } else {
                settle(node);
            }
        }
    }

    private void remember(TransferNode node, Outcome outcome, long bytes) {
        long residueBytes = node.residueBytes(bytes);
        if (outcome == Outcome.COMPLETE && residueBytes == 0) {
            return;
        }
        OutcomeHistory known = history;
        OutcomeHistory mine = known != null ? known : new OutcomeHistory();
        mine.add(node.cookie, outcome, residueBytes);
        if (known == null) {
            history = mine;
        }
    }

    /** ENDED and IDLE: over. Called once for each transfer; the caller retires. */
    void settle(TransferNode node) {
        assert node.isSettled() : node + " is not over";
        Generation itsGeneration = node.generation();
        if (itsGeneration.closed) {
            // Its place is given up with its generation.
            node.acknowledged = true;
            try {
                channel.closed.addEvidence(itsGeneration, entryOf(node));
            } catch (OutOfMemoryError _) {
                channel.closed.omit();
            }
        }
    }

    private Receipt.Entry entryOf(TransferNode node) {
        return new Receipt.Entry(
                node.cookie,
                node.operation().kind(),
                node.outcome(),
                node.bytes,
                node.residueBytes(),
                node.callbackRan,
                proofOf(node));
    }

    private Proof proofOf(TransferNode node) {
        if (!node.started) {
            return Proof.NEVER_STARTED;
        }
        Termination row = channel.engine.description().termination().get(node.operation().kind());
        assert row != null : "refused when the engine was opened";
        return row.proof();
    }

    /**
     * Nothing of the queue starts any more. The outcomes follow when somebody looks: a termination
     * does not last longer because much is queued. Only who holds a {@link Transfer} may be waiting
     * for it, and is told at once.
     */
    void withdraw(Generation closing) {
        long first = channel.ring.toStart();
        if (first < channel.ring.tailAcquire()) {
            withdrawn = closing;
            withdrawnFirst = first;
            withdrawnEnd = channel.ring.tailAcquire();
            channel.ring.someWithdrawn();
        }
        channel.ring.skipToTail();
        if (channel.submission.newestHandle() >= first) {
            abortWithdrawn();
        }
    }

    /**
     * Gives what was withdrawn its outcome. Under the lock, before anything else looks at
     * transfers: so nobody sees one of them without it.
     */
    void abortWithdrawn() {
        Generation closing = withdrawn;
        if (closing == null) {
            return;
        }
        // Where memory ran out before, some have theirs, and may be gone.
        long first = Math.max(withdrawnFirst, channel.ring.oldest());
        channel.ring.makeNodes(closing, first, withdrawnEnd);
        for (long cookie = first; cookie < withdrawnEnd; cookie++) {
            TransferNode node = channel.ring.at(cookie);
            if (node.state != State.ENDED) {
                publish(node, Outcome.ABORTED, 0, null);
            }
        }
        withdrawn = null;
        channel.ring.noneWithdrawn();
        channel.ring.retire();
        channel.closed.keepBound();
    }
}
