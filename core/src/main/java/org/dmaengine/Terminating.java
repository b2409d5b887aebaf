package org.dmaengine;

import org.jspecify.annotations.Nullable;

/**
 * Closes generations (C4, C5): the stop is scheduled here, and proved in {@link Quiescing}. Nothing
 * waits.
 */
final class Terminating {
    private final VirtualChannel channel;

    Terminating(VirtualChannel channel) {
        this.channel = channel;
    }

    void terminateAsync() {
        int todo;
        channel.submitLock.lock();
        try {
            synchronized (channel.lock) {
                if (channel.closing.isClosed()) {
                    return;
                }
                closeGeneration();
                todo = channel.bottomHalf.take();
            }
        } finally {
            channel.submitLock.unlock();
        }
        channel.bottomHalf.run(todo);
    }

    /** Under both locks. */
    void closeGeneration() {
        channel.endings.abortWithdrawn();
        Generation closing = channel.generation;
        channel.claims.queueCopies();
        // What is on the engine must know its generation.
        channel.ring.makeNodes(closing, channel.ring.oldest(), channel.ring.toStart());
        closing.closed = true;
        channel.generation = new Generation();
        channel.onEngineOfOlder += closing.onEngine;
        channel.claims.revoke();
        for (long cookie = channel.ring.oldest(); cookie < channel.ring.toStart(); cookie++) {
            channel.ring.at(cookie).acknowledged = true;
        }
        channel.endings.withdraw(closing);
        channel.ring.retire();
        channel.pausing.clearPause();
        if (!closing.isEmpty() || channel.endings.isAnyWithdrawn() || channel.closed.isEmpty()) {
            channel.closed.add(closing);
        } else {
            channel.closed.addDebt(closing);
        }
        if (channel.onEngine() > 0 && !channel.loss.isLost()) {
            channel.control.wishAbort();
            channel.bottomHalf.note(BottomHalf.CONTROL);
        }
        channel.waiters.wake();
    }

    /** The engine was told to abort; what it threw belongs into the receipt (C7). */
    void told(@Nullable Throwable thrown) {
        int todo;
        synchronized (channel.lock) {
            if (thrown != null) {
                channel.closed.abortFailed(thrown);
            }
            if (channel.ring.hasToStart() && !channel.isHeldUp()) {
                channel.bottomHalf.note(BottomHalf.START);
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
    }
}
