package org.dmaengine.cli;

import java.util.function.LongSupplier;

/**
 * Option {@code --limit}: how long to rest so that a copy stays under so many bytes a second,
 * however many threads it has.
 */
final class RateLimit {
    private static final double SECOND_NANOS = 1e9;

    /** A copy that came late makes up for so much; who waited for an hour may not. */
    private static final long CREDIT_MAX_NANOS = 1_000_000_000;

    private final long bytesPerSecond;
    private final LongSupplier clock;
    private final long begunNanos;
    // Guarded by this. When all that was counted has had its time, from when it was begun.
    private long paidNanos;

    /**
     * @param bytesPerSecond 0 for no limit
     * @param clock in nanoseconds
     */
    RateLimit(long bytesPerSecond, LongSupplier clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.begunNanos = clock.getAsLong();
    }

    /** Whether there is a limit. */
    boolean isSet() {
        return bytesPerSecond > 0;
    }

    /** So many bytes more; returns how long to rest before, 0 for not at all. */
    long restNanos(long moreBytes) {
        return isSet() ? rest(moreBytes) : 0;
    }

    private synchronized long rest(long moreBytes) {
        long nowNanos = clock.getAsLong() - begunNanos;
        paidNanos = Math.max(paidNanos, nowNanos - CREDIT_MAX_NANOS);
        // What was moved before must have had its time; the piece itself may go at once.
        long rest = Math.max(0, paidNanos - nowNanos);
        paidNanos += nanos(moreBytes);
        return rest;
    }

    /** So many bytes have come that were not counted before; fewer than 0 if less came than was. */
    void count(long bytes) {
        if (isSet()) {
            synchronized (this) {
                paidNanos += nanos(bytes);
            }
        }
    }

    private long nanos(long bytes) {
        return (long) (bytes * SECOND_NANOS / bytesPerSecond);
    }
}
