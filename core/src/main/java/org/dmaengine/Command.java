package org.dmaengine;

import org.dmaengine.PrepRefusedException.Reason;

/**
 * What can be done to a peripheral in its place in the queue, beside moving bytes (kernel: a
 * descriptor with {@code DMA_PREP_CMD}). See {@link DmaChannel#prepCommand}.
 */
public sealed interface Command {
    /**
     * Puts on disk what was written to a file, by anybody (fsync(2), or fdatasync(2) for data
     * only): what of it had ended before it started is there when it completes.
     *
     * @param dataOnly leave out what a reader does not need to find the data, such as its times
     */
    record Sync(boolean dataOnly) implements Command {}

    /**
     * Gives a range of a file its blocks on disk, so that writing there cannot fail for want of
     * room (fallocate(2)). What stands there stays; new ranges read as zeros.
     *
     * @param keepSize do not make the file longer, though its blocks reach beyond its end
     */
    record Allocate(long offsetBytes, long lengthBytes, boolean keepSize) implements Command {
        /** Refuses ranges that make no sense. */
        public Allocate {
            requireRange(offsetBytes, lengthBytes);
        }
    }

    /** Gives the blocks of a range back: it reads as zeros, and the file keeps its size. */
    record PunchHole(long offsetBytes, long lengthBytes) implements Command {
        /** Refuses ranges that make no sense. */
        public PunchHole {
            requireRange(offsetBytes, lengthBytes);
        }
    }

    /** Says to the other end of a stream socket that no more will come (shutdown(2)). */
    record ShutdownOutput() implements Command {}

    private static void requireRange(long offsetBytes, long lengthBytes) {
        if (offsetBytes < 0 || lengthBytes < 1 || offsetBytes > Long.MAX_VALUE - lengthBytes) {
            throw new PrepRefusedException(
                    Reason.BOUNDS,
                    "%d bytes at offset %d are no range of a file"
                            .formatted(lengthBytes, offsetBytes));
        }
    }
}
