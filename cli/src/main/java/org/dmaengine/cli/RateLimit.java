package org.dmaengine.cli;

import java.util.function.LongSupplier;

/**
 * Option {@code --limit}: how long to rest so that a copy stays under so many bytes a second,
 * however many threads it has.
 */
final class RateLimit {
    private static final double SECOND_NANOS = 1e9;

    private final long bytesPerSecond;
    private final LongSupplier clock;
    private final long begunNanos;
    // Guarded by this.
    private long bytes;

    /**
     * @param bytesPerSecond 0 for no limit
     * @param clock in nanoseconds
     */
    RateLimit(long bytesPerSecond, LongSupplier clock) {
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.begunNanos = clock.getAsLong();
    }

    /** So many bytes more; returns how long to rest before, 0 for not at all. */
    long restNanos(long moreBytes) {
        return bytesPerSecond == 0 ? 0 : rest(moreBytes);
    }

    private synchronized long rest(long moreBytes) {
        // What was moved before must have had its time; the piece itself may go at once.
        long dueNanos = (long) (bytes * SECOND_NANOS / bytesPerSecond);
        bytes += moreBytes;
        return Math.max(0, dueNanos - (clock.getAsLong() - begunNanos));
    }
}
