package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The threads that wait for something on a channel. Woken on each change, they look for themselves:
 * for a while without parking, where the scheduler allows it, because what they wait for is often
 * over sooner than a parked thread is woken.
 */
final class Waiters {
    private final Object lock;
    private final Scheduler scheduler;

    // Guarded by lock.
    private final List<Thread> threads = new ArrayList<>();

    // Written under the lock, read without: worth a look under the lock, and no more than that.
    private final AtomicInteger changes = new AtomicInteger();

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
        int seen;
        synchronized (lock) {
            if (condition.getAsBoolean()) {
                return true;
            }
            threads.add(me);
            seen = changes.getPlain();
        }
        boolean spins = scheduler.spinNanos() > 0 && !me.isVirtual();
        long spinUntil = spins ? scheduler.nanoTime() + scheduler.spinNanos() : 0;
        boolean interrupted = false;
        try {
            while (true) {
                long left = Deadline.left(scheduler, deadlineNanos);
                if (left > 0 && spins) {
                    spins = changesBefore(spinUntil, left, seen);
                } else if (left > 0) {
                    scheduler.park(left);
                    interrupted |= Thread.interrupted();
                }
                synchronized (lock) {
                    boolean met = condition.getAsBoolean();
                    if (met || left <= 0) {
                        threads.remove(me);
                        return met;
                    }
                    seen = changes.getPlain();
                }
            }
        } finally {
            if (interrupted) {
                me.interrupt();
            }
        }
    }

    /**
     * Does not yield meanwhile: where others want the processor, that may give it away for
     * milliseconds, and who parks gets it back sooner.
     */
    private boolean changesBefore(long spinUntil, long left, int seen) {
        long now = scheduler.nanoTime();
        long end = left < spinUntil - now ? now + left : spinUntil;
        while (scheduler.nanoTime() - end < 0) {
            if (changes.getAcquire() != seen) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Under the lock, after a change. */
    void wake() {
        if (threads.isEmpty()) {
            return;
        }
        changes.setRelease(changes.getPlain() + 1);
        for (int i = 0; i < threads.size(); i++) {
            scheduler.unpark(threads.get(i));
        }
    }
}
