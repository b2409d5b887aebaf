package org.dmaengine.engine.cpu;

import java.lang.foreign.MemorySegment;

/**
 * Moves one bounded chunk of a transfer, by the method that suits the size of the whole transfer.
 *
 * <p>The engine thread owns the loop, and looks between two chunks whether it has been terminated:
 *
 * <pre>{@code
 * long chunk = CopyLoop.firstChunkBytes(bytes);
 * CopyLoop.copy(source, sourceOffset, target, targetOffset, chunk);
 * for (long done = chunk; done < bytes && !terminated(); done += chunk) {
 *     chunk = CopyLoop.nextChunkBytes(bytes, done, chunk, nanosOfTheChunkBefore);
 *     CopyLoop.copy(source, sourceOffset + done, target, targetOffset + done, chunk);
 * }
 * }</pre>
 *
 * <p>A transfer that fits the first chunk needs no clock.
 *
 * <p>A chunk is bounded for two reasons. Terminate takes effect at the end of the running chunk.
 * And the VM cannot reach a safepoint, nor close any shared arena of the process, while one long
 * {@link MemorySegment#copy} runs: 1 GiB at once held unrelated closes up by tens of milliseconds.
 *
 * <p>The copy is {@code MemorySegment.copy} and not a call of the C library's memcpy: in these
 * chunks it was as fast or faster at every size, links nothing, and needs no native access. The
 * numbers come from {@code bench/copy-loop/run} and are in {@code docs/engines/cpu-copy.md}.
 *
 * <p>Overlap: one chunk is moved as memmove does, but the chunks run upwards, so the whole transfer
 * is right only if the target does not start inside the source. The core refuses overlapping copies
 * when they are prepared; nothing is checked again here.
 *
 * <p>Stateless: any thread that may access both segments may call.
 */
final class CopyLoop {
    /**
     * Up to here the target is worth keeping in cache. At this size both ways were equally fast
     * with warm caches (L3 of 32 MiB); below it the cached way won, above it the streaming one.
     */
    private static final long CACHED_TOTAL_BYTES_MAX = 16L << 20;

    /**
     * Small enough that HotSpot stores through the cache: with AVX-512 it changes to streaming
     * stores between 2 and 3 MiB, which made a warm block of 4 MiB a third slower.
     */
    private static final long CACHED_CHUNK_BYTES = 1L << 20;

    /**
     * Large enough that HotSpot streams past the cache where it can (AVX-512), which made blocks
     * from 64 MiB up about half as fast again; and no larger, because terminate waits for it.
     */
    private static final long STREAMED_CHUNK_BYTES = 3L << 20;

    /**
     * Stays in the first-level cache, and is no power of two, so that reading it does not collide
     * with writing the same page offset.
     */
    private static final long FILL_PIECE_BYTES = 4032;

    /** A transfer up to this size is one chunk: even slow memory holds it up only briefly. */
    private static final long SINGLE_CHUNK_BYTES = 256L << 10;

    /** The first chunk of a longer one, and every chunk while the memory is slow. */
    private static final long PROBE_BYTES = 64L << 10;

    /** No chunk is begun that would take longer at the pace of the one before it. */
    private static final long CHUNK_NANOS_MAX = 1_000_000;

    private CopyLoop() {}

    /** How many bytes to move first, of a transfer of {@code totalBytes}. */
    static long firstChunkBytes(long totalBytes) {
        return totalBytes <= SINGLE_CHUNK_BYTES ? totalBytes : PROBE_BYTES;
    }

    /**
     * How many bytes to move next.
     *
     * <p>Memory that is touched for the first time is many times slower, for the kernel gives it
     * page by page, and 3 MiB then took 2 to 9 ms. Hence a long transfer begins with a small chunk,
     * and takes full ones while the pace allows.
     *
     * @param doneBytes what is moved already
     * @param chunkBytes how much of it the last chunk moved
     * @param chunkNanos how long the last chunk took
     */
    static long nextChunkBytes(long totalBytes, long doneBytes, long chunkBytes, long chunkNanos) {
        long full =
                totalBytes <= CACHED_TOTAL_BYTES_MAX ? CACHED_CHUNK_BYTES : STREAMED_CHUNK_BYTES;
        // Chunks are below 2^22 bytes, so a product overflows only after a chunk of half an hour.
        boolean slow = chunkNanos * full > CHUNK_NANOS_MAX * chunkBytes;
        return Math.min(slow ? PROBE_BYTES : full, totalBytes - doneBytes);
    }

    /**
     * Copies one chunk. HotSpot picks cached or streaming stores by {@code bytes} alone, so the
     * caller passes what {@link #firstChunkBytes} and {@link #nextChunkBytes} answered.
     */
    static void copy(
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long bytes) {
        assert bytes <= STREAMED_CHUNK_BYTES : bytes;
        MemorySegment.copy(source, sourceOffset, target, targetOffset, bytes);
    }

    /**
     * Fills one chunk, for memset.
     *
     * <p>HotSpot's fill reaches about half the speed of C's memset while the target is in cache. So
     * a chunk that stays in cache is filled by copying its first bytes over the rest, which comes
     * to nine tenths; a streamed one waits for memory anyway, and is filled directly.
     */
    static void fill(MemorySegment target, long offset, long bytes, byte value) {
        assert bytes <= STREAMED_CHUNK_BYTES : bytes;
        long first = bytes > CACHED_CHUNK_BYTES ? bytes : Math.min(bytes, FILL_PIECE_BYTES);
        // The slice does not outlive this call, so once compiled it is not allocated.
        target.asSlice(offset, first).fill(value);
        for (long done = first; done < bytes; done += FILL_PIECE_BYTES) {
            long length = Math.min(FILL_PIECE_BYTES, bytes - done);
            MemorySegment.copy(target, offset, target, offset + done, length);
        }
    }
}
