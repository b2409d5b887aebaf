package org.dmaengine.cli;

import java.lang.foreign.MemorySegment;

/**
 * Finds what is worth writing: everything but long runs of zeros, which become holes.
 *
 * <p>Looking at the data, and not at the file system's map of holes, is the same everywhere, needs
 * no native call, and makes zeros that were written out sparse too. The price is that holes are
 * read, at the speed of memory.
 */
final class DataRuns {
    /** The unit of holes: what nearly every file system allocates at least. */
    static final int UNIT_BYTES = 4096;

    /** Shorter runs of zeros are written: too many small holes make a file slow. */
    static final int HOLE_BYTES = 4 * UNIT_BYTES;

    private static final MemorySegment ZEROS =
            MemorySegment.ofArray(new byte[UNIT_BYTES]).asReadOnly();

    private DataRuns() {}

    /**
     * Told of each run of data.
     *
     * @param <E> what it may fail with
     */
    @FunctionalInterface
    interface Run<E extends Exception> {
        void at(long offsetBytes, long lengthBytes) throws E;
    }

    /** The most runs that a block of this size can have. */
    static int most(int blockBytes) {
        return blockBytes / (UNIT_BYTES + HOLE_BYTES) + 2;
    }

    /** Calls {@code run} for each run of data, in order. */
    static <E extends Exception> void find(MemorySegment data, Run<E> run) throws E {
        long length = data.byteSize();
        long begin = -1;
        long zeros = 0;
        for (long at = 0; at < length; at += UNIT_BYTES) {
            long end = Math.min(at + UNIT_BYTES, length);
            if (isZero(data, at, end)) {
                zeros += end - at;
                if (begin >= 0 && zeros >= HOLE_BYTES) {
                    run.at(begin, end - zeros - begin);
                    begin = -1;
                }
                continue;
            }
            if (begin < 0) {
                // Zeros too few for a hole, at the start of the block, belong to the data.
                begin = zeros < HOLE_BYTES ? at - zeros : at;
            }
            zeros = 0;
        }
        if (begin >= 0) {
            run.at(begin, length - begin);
        } else if (zeros > 0 && zeros < HOLE_BYTES) {
            // A short block, or the tail behind a hole: not worth a hole of its own.
            run.at(length - zeros, zeros);
        }
    }

    private static boolean isZero(MemorySegment data, long from, long to) {
        return MemorySegment.mismatch(data, from, to, ZEROS, 0, to - from) < 0;
    }
}
