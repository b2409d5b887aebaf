package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;

/**
 * Sizes the chunks of one memory operation by how long the chunk before took; see {@link CopyLoop}.
 * An operation that fits into one chunk never looks at the clock.
 */
final class Pace {
    private final Scheduler scheduler;
    private long chunkBytes;
    private long chunkNanos;
    private long begunNanos;

    Pace(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** How many bytes to move now. */
    long begin(long totalBytes, long doneBytes) {
        chunkBytes =
                doneBytes == 0
                        ? CopyLoop.firstChunkBytes(totalBytes)
                        : CopyLoop.nextChunkBytes(totalBytes, doneBytes, chunkBytes, chunkNanos);
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
}
