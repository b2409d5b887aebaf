package org.dmaengine.engine.cpu;

import static org.dmaengine.engine.cpu.CopyLoop.CACHED_CHUNK_BYTES;
import static org.dmaengine.engine.cpu.CopyLoop.STREAMED_CHUNK_BYTES;

import org.dmaengine.spi.Scheduler;

/**
 * Sizes the chunks of one memory operation, and with them the way in which {@link CopyLoop} moves
 * them: by the size of the whole, and by how long the chunks before took. An operation that fits
 * into one chunk never looks at the clock.
 *
 * <p>Up to 16 MiB all goes through the cache. What is longer is streamed past it, or also sent
 * through it by the C library: which is faster depends on the processor. So of each 64 MiB the
 * first 3 are moved in the one way, the next 3 in the other, and the rest in what is the faster.
 *
 * <p>A chunk is bounded for two reasons. Terminate takes effect at the end of the running chunk.
 * And the VM cannot reach a safepoint, nor close any shared arena of the process, while one long
 * {@code MemorySegment.copy} runs: 1 GiB at once held unrelated closes up by tens of milliseconds.
 *
 * <p>Memory that is touched for the first time is many times slower, for the kernel gives it page
 * by page, and 3 MiB then took 2 to 9 ms. Hence a long operation begins with a small chunk, and
 * takes full ones while the pace allows.
 */
final class Pace {
    /** An operation up to this size is one chunk: even slow memory holds it up only briefly. */
    private static final long SINGLE_CHUNK_BYTES = 256L << 10;

    /** The first chunk of a longer one, and every chunk while the memory is slow. */
    private static final long PROBE_BYTES = 64L << 10;

    /** No chunk is begun that would take longer at the pace of the one before it. */
    private static final long CHUNK_NANOS_MAX = 1_000_000;

    /** Up to here the target is worth keeping in cache. */
    private static final long CACHED_TOTAL_BYTES_MAX = 16L << 20;

    /** So often both ways are tried, for both get slower or faster with what others do. */
    private static final long ROUND_BYTES = 64L << 20;

    private static final long TRIAL_BYTES = STREAMED_CHUNK_BYTES;

    private final Scheduler scheduler;
    private long chunkBytes;
    private long chunkNanos;
    private long begunNanos;

    // What either way has moved in this round.
    private long roundEndBytes;
    private long cachedBytes;
    private long cachedNanos;
    private long streamedBytes;
    private long streamedNanos;

    Pace(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** How many bytes to move now. */
    long begin(long totalBytes, long doneBytes) {
        chunkBytes = doneBytes == 0 ? first(totalBytes) : next(totalBytes, doneBytes);
        if (doneBytes + chunkBytes < totalBytes) {
            begunNanos = scheduler.nanoTime();
        }
        return chunkBytes;
    }

    /** They are moved; what the channel does until the next chunk does not count. */
    void end(long totalBytes, long doneBytes) {
        if (doneBytes < totalBytes) {
            chunkNanos = scheduler.nanoTime() - begunNanos;
        }
    }

    private long first(long totalBytes) {
        roundEndBytes = 0;
        return totalBytes <= SINGLE_CHUNK_BYTES ? totalBytes : PROBE_BYTES;
    }

    private long next(long totalBytes, long doneBytes) {
        long full =
                totalBytes > CACHED_TOTAL_BYTES_MAX && isToStream(doneBytes)
                        ? STREAMED_CHUNK_BYTES
                        : CACHED_CHUNK_BYTES;
        // Chunks are below 2^22 bytes, so a product overflows only after a chunk of half an hour.
        boolean slow = chunkNanos * full > CHUNK_NANOS_MAX * chunkBytes;
        return Math.min(slow ? PROBE_BYTES : full, totalBytes - doneBytes);
    }

    /** Accounts for the last chunk, and says how to move the next. */
    private boolean isToStream(long doneBytes) {
        if (!NativeCopyCalls.isReady()) {
            return true;
        }
        if (doneBytes >= roundEndBytes) {
            roundEndBytes = doneBytes + ROUND_BYTES;
            cachedBytes = cachedNanos = streamedBytes = streamedNanos = 0;
        } else if (chunkBytes > CACHED_CHUNK_BYTES) {
            streamedBytes += chunkBytes;
            streamedNanos += chunkNanos;
        } else {
            cachedBytes += chunkBytes;
            cachedNanos += chunkNanos;
        }
        if (cachedBytes < TRIAL_BYTES || streamedBytes < TRIAL_BYTES) {
            return cachedBytes >= TRIAL_BYTES;
        }
        return streamedNanos * cachedBytes < cachedNanos * streamedBytes;
    }
}
