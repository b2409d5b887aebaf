package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The threads that wait for something on a channel. Woken on each change, they look for themselves.
 */
final class Waiters {
    private final Object lock;
    private final Scheduler scheduler;

    // Guarded by lock.
    private final List<Thread> threads = new ArrayList<>();

    Waiters(Object channelLock, Scheduler scheduler) {
        this.lock = channelLock;
        this.scheduler = scheduler;
    }

    /**
     * Waits, without the lock, until a condition on fields that it guards holds, or the deadline.
     * Not cut short by an interrupt; the flag is kept (C11).
     *
     * @return whether the condition holds
     */
    boolean await(BooleanSupplier condition, long deadlineNanos) {
        Thread me = Thread.currentThread();
        synchronized (lock) {
            if (condition.getAsBoolean()) {
                return true;
            }
            threads.add(me);
        }
        boolean interrupted = false;
        try {
            while (true) {
                long left = Deadline.left(scheduler, deadlineNanos);
                if (left > 0) {
                    scheduler.park(left);
                    interrupted |= Thread.interrupted();
                }
                synchronized (lock) {
                    boolean met = condition.getAsBoolean();
                    if (met || left <= 0) {
                        threads.remove(me);
                        return met;
                    }
                }
            }
        } finally {
            if (interrupted) {
                me.interrupt();
            }
        }
    }

    /** Under the lock, after a change. */
    void wake() {
        for (int i = 0; i < threads.size(); i++) {
            scheduler.unpark(threads.get(i));
        }
    }
}
