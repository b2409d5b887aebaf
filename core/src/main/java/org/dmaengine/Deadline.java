package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.time.Duration;

/** Deadlines in nanoseconds on a scheduler's clock; {@link Long#MAX_VALUE} means none. */
final class Deadline {
    static final long NONE = Long.MAX_VALUE;

    private Deadline() {}

    static void requireTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("a timeout is not negative: " + timeout);
        }
    }

    static long after(Scheduler scheduler, Duration timeout) {
        requireTimeout(timeout);
        long now = scheduler.nanoTime();
        long nanos;
        try {
            nanos = timeout.toNanos();
        } catch (ArithmeticException tooLong) {
            return NONE;
        }
        // A deadline so far away that the clock would wrap is none.
        return nanos >= Long.MAX_VALUE / 2 ? NONE : now + nanos;
    }

    /** Nanoseconds left, not positive once it is over. */
    static long left(Scheduler scheduler, long deadlineNanos) {
        return deadlineNanos == NONE ? NONE : deadlineNanos - scheduler.nanoTime();
    }
}
