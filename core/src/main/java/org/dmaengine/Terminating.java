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

    /** The generation that it has closed; null if the channel is closed. */
    @Nullable Generation terminate() {
        Generation closed = null;
        int todo = 0;
        channel.submitLock.lock();
        try {
            synchronized (channel.lock) {
                try {
                    closed = channel.closing.isClosed() ? null : closeGeneration();
                } finally {
                    // Also where memory ran out: what is closed by then is to be stopped.
                    todo = channel.bottomHalf.take();
                }
            }
        } finally {
            channel.submitLock.unlock();
            channel.bottomHalf.run(todo);
        }
        return closed;
    }

    /**
     * Under both locks. Memory may run out in it: either nothing is closed then, or the generation
     * is among those that are waited for, and the engine is about to be told.
     */
    Generation closeGeneration() {
        channel.endings.abortWithdrawn();
        Generation closing = channel.generation;
        Generation next = new Generation();
        channel.claims.queueCopies();
        // What is on the engine must know its generation.
        channel.ring.makeNodes(closing, channel.ring.oldest(), channel.ring.toStart());
        channel.closed.add(closing);
        closing.closed = true;
        channel.generation = next;
        channel.onEngineOfOlder += closing.onEngine;
        channel.quiescing.owe(closing);
        channel.pausing.clearPause();
        if (channel.onEngine() > 0 && !channel.loss.isLost()) {
            channel.closed.awaitAbort(closing);
            channel.control.wishAbort();
            channel.bottomHalf.note(BottomHalf.CONTROL);
        }
        channel.waiters.wake();
        channel.claims.revoke();
        for (long cookie = channel.ring.oldest(); cookie < channel.ring.toStart(); cookie++) {
            channel.ring.at(cookie).acknowledged = true;
        }
        channel.endings.withdraw(closing);
        channel.ring.retire();
        if (closing.isEmpty() && !channel.endings.isAnyWithdrawn()) {
            channel.closed.forgetNewestIfNotAlone();
        }
        channel.closed.keepBound();
        return closing;
    }

    /** The engine was told to abort; what it threw belongs into the receipt (C7). */
    void told(@Nullable Throwable thrown) {
        int todo;
        synchronized (channel.lock) {
            if (thrown != null) {
                channel.closed.abortFailed(thrown);
            }
            if (!channel.control.isAborting()) {
                channel.closed.aborted();
            }
            if (channel.ring.hasToStart() && !channel.isHeldUp()) {
                channel.bottomHalf.note(BottomHalf.START);
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
    }
}
