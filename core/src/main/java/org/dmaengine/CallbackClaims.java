package org.dmaengine;

import org.dmaengine.TransferNode.Claim;
import org.dmaengine.TransferNode.State;
import org.jspecify.annotations.Nullable;

/**
 * Which callback runs next, and whether it still may (C3, C4): claims are made, given back and
 * revoked under the channel's lock. {@link CallbackRunner} makes the calls.
 */
final class CallbackClaims {
    private final VirtualChannel channel;

    private final CallbackQueue queue = new CallbackQueue();
    // The runner was scheduled, and has not left: it will look at the queue once more.
    private boolean runnerActive;

    CallbackClaims(VirtualChannel channel) {
        this.channel = channel;
    }

    CallbackQueue queue() {
        return queue;
    }

    void queueCallback(TransferNode node) {
        queueCopies();
        queue.add(node);
        wantRunner();
    }

    /** Plain copies whose callbacks wait get nodes: something is to wait behind them. */
    void queueCopies() {
        for (TransferNode next = channel.ring.nextCompleted(channel.generation);
                next != null;
                next = channel.ring.nextCompleted(channel.generation)) {
            queue.add(next);
        }
    }

    void wantRunner() {
        if (!runnerActive) {
            runnerActive = true;
            channel.bottomHalf.note(BottomHalf.CALLBACKS);
        } else if (channel.engine.callbackThreads().isStranded()) {
            channel.bottomHalf.note(BottomHalf.THREADS);
        }
    }

    /**
     * For the runner: the callback of {@code returned} is over; claims the next one. From here
     * until the next call it may run, and no termination takes it back (C4).
     *
     * @return null if there is none; then the runner is to leave, and will be scheduled again
     */
    @Nullable TransferNode claimNext(@Nullable TransferNode returned, Thread thread) {
        TransferNode next;
        int todo;
        synchronized (channel.lock) {
            if (returned != null) {
                returned(returned);
            }
            if (returned == null && queue.isClaimed()) {
                // A second runner, of an executor that took it and threw: the first goes on (C3).
                return null;
            }
            // Also where there is no memory for the claim: the next one to be queued tries again.
            runnerActive = false;
            next = claim(thread);
            runnerActive = next != null;
            if (!runnerActive) {
                CallbackContext.current().announceReturn(channel.runner);
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
        return next;
    }

    /** Plain copies wait behind all nodes, and get one of their own only now. */
    private @Nullable TransferNode claim(Thread thread) {
        if (queue.isEmpty()) {
            TransferNode copy = channel.ring.nextCalled(channel.generation);
            if (copy != null) {
                queue.add(copy);
            }
            // Those before it had no callback.
            channel.ring.retire();
        }
        return queue.claimNext(thread);
    }

    /** For a runner that gives up its thread: true if it must be scheduled again. */
    boolean yieldAfter(TransferNode returned) {
        int todo;
        boolean more;
        synchronized (channel.lock) {
            returned(returned);
            more = !queue.isEmpty() || channel.ring.hasCallbackWaiting();
            // What was passed over by that look had no callback.
            channel.ring.retire();
            runnerActive = more;
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
        return more;
    }

    private void returned(TransferNode node) {
        queue.returned(node);
        boolean open = !node.generation().closed;
        if (node.held && open) {
            node.held = false;
            channel.bottomHalf.note(BottomHalf.START);
        }
        if (node.state != State.ENDED) {
            if (open && node.hasPeriodToTell()) {
                queueCallback(node);
            }
        } else if (open && (node.hasPeriodToTell() || node.hasCompletionToTell())) {
            queue.keepPlace(node);
        } else {
            channel.endings.settle(node);
            channel.ring.returned(node);
        }
        channel.ring.retire();
        channel.waiters.wake();
    }

    boolean mayStartPeriod(TransferNode node) {
        synchronized (channel.lock) {
            Operation.Cyclic cyclic = (Operation.Cyclic) node.operation();
            boolean free =
                    node.onPeriod == null
                            || !cyclic.config().holdBack()
                            || node.signalled - node.delivered < cyclic.periods();
            node.held = !free;
            return free;
        }
    }

    void periodElapsed(TransferNode node) {
        int todo;
        synchronized (channel.lock) {
            if (node.state != State.STARTED || node.onPeriod == null) {
                return;
            }
            node.signalled++;
            if (node.claim == Claim.IDLE && !node.generation().closed) {
                queueCallback(node);
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
    }

    /** Callbacks not yet claimed are not run; the outcomes stay (C5). */
    void revoke() {
        for (TransferNode node = queue.revokeNext(); node != null; node = queue.revokeNext()) {
            if (node.state == State.ENDED) {
                channel.endings.settle(node);
            }
        }
    }
}
