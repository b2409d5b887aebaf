package org.dmaengine.bench.descriptor;

import org.dmaengine.bench.RandomBytes;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A queue of copies with one producer, and something that does them. There is one in each process,
 * so that the compiler knows which.
 */
abstract class CopyQueue implements AutoCloseable {
    private static final long HALF_BYTES = 64 << 20;

    /** In flight at most. */
    static final int DEPTH_MAX = 1024;

    final MemorySegment source;
    final MemorySegment target;

    // Written by the producer between turns, when nothing is in flight.
    int bytes;

    // Counts the copies that have ended: written where they end, read by the producer.
    final AtomicLong done = new AtomicLong();

    // The producer's own.
    private long seen;
    private final RandomBytes content = new RandomBytes();

    CopyQueue(Arena arena) {
        source = arena.allocate(HALF_BYTES, 4096);
        target = arena.allocate(HALF_BYTES, 4096);
    }

    /**
     * Takes a copy into the queue.
     *
     * @return false if the queue is full
     */
    abstract boolean copy(int slot);

    /** What has been queued may begin; for most it has already. */
    void doorbell() {}

    /** How many copies have ended since the last call. */
    long ended() {
        long before = seen;
        seen = done.getAcquire();
        return seen - before;
    }

    /** How the names of the threads begin that copy; empty if the producer does. */
    abstract String workers();

    /** Tasks that are no more than code: made once for each slot, as {@link SlotTask} is. */
    static Runnable[] tasks(IntFunction<Runnable> ofSlot) {
        return IntStream.range(0, DEPTH_MAX).mapToObj(ofSlot).toArray(Runnable[]::new);
    }

    /** Does a copy, on whatever thread. */
    final void move(int slot) {
        long offset = (long) slot * bytes;
        MemorySegment.copy(source, offset, target, offset, bytes);
    }

    /** New bytes to copy, the first of the source; while nothing is in flight. */
    final void fill(long usedBytes) {
        content.fill(source.asSlice(0, usedBytes));
    }

    /**
     * Looks whether they have arrived.
     *
     * @throws IllegalStateException if not
     */
    final void compare(long usedBytes) {
        RandomBytes.compare(source.asSlice(0, usedBytes), target.asSlice(0, usedBytes));
    }

    @Override
    public abstract void close();
}
