package org.dmaengine;

/** Where a cookie stands (kernel: {@code enum dma_status}). It never goes back (C2). */
public enum TransferState {
    /** Submitted, and without an outcome yet ({@code DMA_IN_PROGRESS}). */
    IN_PROGRESS,
    /** The same on a paused channel ({@code DMA_PAUSED}). */
    PAUSED,
    /** Ended with {@link Outcome#COMPLETE} ({@code DMA_COMPLETE}). */
    COMPLETE,
    /**
     * Ended with {@link Outcome#READ_FAILED} or {@link Outcome#WRITE_FAILED} ({@code DMA_ERROR}).
     */
    ERROR,
    /** Ended with {@link Outcome#ABORTED}; the kernel has no word for it. */
    ABORTED,
    /** The channel never gave out this cookie, or remembers it no longer. Never means complete. */
    UNKNOWN;

    static TransferState of(Outcome outcome) {
        return switch (outcome) {
            case COMPLETE -> COMPLETE;
            case READ_FAILED, WRITE_FAILED -> ERROR;
            case ABORTED -> ABORTED;
        };
    }
}
