package org.dmaengine.engine.cpu;

import org.dmaengine.DmaArena;

import java.lang.foreign.MemorySegment;

/**
 * Moves one bounded chunk of a transfer. The engine thread owns the loop, sizes the chunks by
 * {@link Pace}, and looks between two chunks whether it has been terminated.
 *
 * <p>A chunk is bounded for two reasons. Terminate takes effect at the end of the running chunk.
 * And the VM cannot reach a safepoint, nor close any shared arena of the process, while one long
 * {@link MemorySegment#copy} runs: 1 GiB at once held unrelated closes up by tens of milliseconds.
 *
 * <p>Three ways to copy, and the length of a chunk chooses:
 *
 * <ul>
 *   <li>short: {@code MemorySegment.copy}, which costs least to begin;
 *   <li>up to {@link #CACHED_CHUNK_BYTES}: the C library's memmove, where it can be called ({@link
 *       NativeCopyCalls}), or else {@code MemorySegment.copy}. Both store through the cache;
 *   <li>longer: {@code MemorySegment.copy}, which from 2 or 3 MiB on streams past the cache where
 *       HotSpot can do that (AVX-512).
 * </ul>
 *
 * The numbers come from {@code bench/copy-loop/run} and are in {@code docs/engines/cpu-copy.md}.
 *
 * <p>Overlap: one chunk is moved as memmove does, but the chunks run upwards, so the whole transfer
 * is right only if the target does not start inside the source. The core refuses overlapping copies
 * when they are prepared; nothing is checked again here.
 *
 * <p>Stateless: any thread that may access both segments may call.
 */
final class CopyLoop {
    /**
     * Small enough that HotSpot stores through the cache: with AVX-512 it changes to streaming
     * stores between 2 and 3 MiB, which made a warm block of 4 MiB a third slower. And shorter than
     * any second-level cache: up to there the C library uses the processor's string instruction,
     * which was 1.2 times as fast as its loop of vectors, and more out of memory.
     */
    static final long CACHED_CHUNK_BYTES = 384L << 10;

    /**
     * Large enough that HotSpot streams past the cache where it can (AVX-512), which made blocks
     * from 64 MiB up about half as fast again; and no larger, because terminate waits for it.
     */
    static final long STREAMED_CHUNK_BYTES = 3L << 20;

    /** Below it the foreign call costs more than it gains. */
    private static final long NATIVE_BYTES_MIN = 32L << 10;

    /**
     * Stays in the first-level cache, and is no power of two, so that reading it does not collide
     * with writing the same page offset.
     */
    private static final long FILL_PIECE_BYTES = 4032;

    private static final long PAGE_BYTES = 4096;
    private static final long LINE_BYTES = 64;

    private CopyLoop() {}

    /** Copies one chunk. */
    static void copy(
            MemorySegment source,
            long sourceOffset,
            MemorySegment target,
            long targetOffset,
            long bytes) {
        assert bytes <= STREAMED_CHUNK_BYTES : bytes;
        if (bytes >= NATIVE_BYTES_MIN
                && bytes <= CACHED_CHUNK_BYTES
                && NativeCopyCalls.isReady()
                && isForNative(source, sourceOffset, target, targetOffset)) {
            NativeCopyCalls.copy(source, sourceOffset, target, targetOffset, bytes);
        } else {
            MemorySegment.copy(source, sourceOffset, target, targetOffset, bytes);
        }
    }

    /**
     * Only memory of our arenas: it is there for as long as the transfer is not over (C16), and to
     * read or write it cannot fail, as it can in a mapped file, which C would not survive. And not
     * where the target begins in the page within a line after the source: there the string
     * instruction is slow, and on some processors the slowest way of all.
     */
    private static boolean isForNative(
            MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset) {
        long ahead = target.address() + targetOffset - source.address() - sourceOffset;
        long inPage = ahead & (PAGE_BYTES - 1);
        return (inPage == 0 || inPage >= LINE_BYTES)
                && DmaArena.hasAllocated(source)
                && DmaArena.hasAllocated(target);
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
