package org.dmaengine;

import java.util.List;

/** From open to closed: terminate, quiesce, release (C14). All closers return when it is quiet. */
final class Closing {
    private enum Life {
        OPEN,
        CLOSING,
        RELEASING,
        CLOSED
    }

    private final VirtualChannel channel;

    // Volatile: set under the lock; leaving OPEN takes the submit lock too. Read by prep and
    // submit.
    private volatile Life life = Life.OPEN;

    Closing(VirtualChannel channel) {
        this.channel = channel;
    }

    boolean isOpen() {
        return life == Life.OPEN;
    }

    boolean isClosed() {
        return life == Life.CLOSED;
    }

    /** Whether the engine was asked to give the channel back, and is not to be called any more. */
    boolean isReleased() {
        return life == Life.RELEASING || life == Life.CLOSED;
    }

    /** Gives up at a deadline: then the engine is lost if it still owns something (C12). */
    Quiescence closeOrLose(long deadlineNanos) {
        Quiescence answer = close(deadlineNanos);
        if (answer instanceof StillOwned owned && !owned.transfers().isEmpty()) {
            channel.loss.lose("close() gave up at its deadline", null, true);
        }
        return answer;
    }

    Quiescence close(long deadlineNanos) {
        if (CallbackContext.isInside()) {
            requireNoProof();
        }
        Generation mine;
        int todo = 0;
        channel.submitLock.lock();
        try {
            synchronized (channel.lock) {
                if (life == Life.CLOSED) {
                    return new Quiesced(channel.inFlight.receiptOf(List.of()));
                }
                if (CallbackContext.isInside()) {
                    requireNoWait();
                }
                if (life == Life.OPEN) {
                    life = Life.CLOSING;
                }
                try {
                    mine = channel.terminating.closeGeneration();
                } finally {
                    todo = channel.bottomHalf.take();
                }
            }
        } finally {
            channel.submitLock.unlock();
            channel.bottomHalf.run(todo);
        }
        Quiescence answer = channel.quiescing.quiesce(mine, deadlineNanos);
        if (answer instanceof StillOwned) {
            return answer;
        }
        return awaitRelease(deadlineNanos) ? answer : notIdle(answer.receipt());
    }

    /** Under the lock, in a callback: refuses where it would have to wait (C10). */
    private void requireNoWait() {
        if (!isIdle() || life == Life.RELEASING) {
            throw new CallbackContextException("close()");
        }
    }

    /** In a callback, before anything is changed: the engine's proof may take its time as well. */
    private void requireNoProof() {
        synchronized (channel.lock) {
            if (life == Life.CLOSED) {
                return;
            }
            requireNoWait();
        }
        if (!channel.quiescing.isProvedAtOnce()) {
            throw new CallbackContextException("close()");
        }
    }

    /** Waits until the channel is idle, and releases it; or until another closer has done so. */
    private boolean awaitRelease(long deadlineNanos) {
        while (channel.waiters.await(() -> life == Life.CLOSED || mayRelease(), deadlineNanos)) {
            synchronized (channel.lock) {
                if (life == Life.CLOSED) {
                    return true;
                }
                if (!mayRelease()) {
                    // Another closer was faster: wait for it.
                    continue;
                }
                life = Life.RELEASING;
            }
            release();
            return true;
        }
        return false;
    }

    private boolean mayRelease() {
        return life == Life.CLOSING && isIdle();
    }

    private StillOwned notIdle(Receipt receipt) {
        synchronized (channel.lock) {
            return channel.inFlight.allOwnedLocked(receipt, "the channel is not idle yet");
        }
    }

    /** Nothing on the engine, no callback claimed, nobody talking to the engine or asking it. */
    private boolean isIdle() {
        return channel.onEngine() == 0
                && !channel.claims.queue().isClaimed()
                && !channel.control.isBusy()
                && !channel.quiescing.isProving()
                && !channel.ring.hasToStart();
    }

    private void release() {
        ChannelRegistry.remove(channel);
        channel.faults.calling("close", channel.backend::close);
        channel.engine.released(channel, channel.index);
        synchronized (channel.lock) {
            life = Life.CLOSED;
            channel.waiters.wake();
        }
    }
}
