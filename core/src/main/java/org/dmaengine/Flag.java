package org.dmaengine;

/**
 * How one descriptor is to be treated (kernel: {@code enum dma_ctrl_flags}).
 *
 * <p>A prep call without flags means {@code INTERRUPT, ACK}, what nearly every kernel client
 * passes. A call with flags means exactly those.
 */
public enum Flag {
    /**
     * The completion callback is wanted ({@code DMA_PREP_INTERRUPT}). Giving a callback to a
     * descriptor prepared without it is refused, since the callback would never run.
     */
    INTERRUPT(1),
    /**
     * The client acknowledges at prep that it needs nothing more of the transfer once it has ended
     * ({@code DMA_CTRL_ACK}). Without it the transfer keeps its place in the channel's queue, with
     * its full status, until {@link DmaChannel#acknowledge} or a termination.
     */
    ACK(1 << 1),
    /**
     * The descriptor returns to the prepared state when its transfer has ended and may be submitted
     * again ({@code DMA_CTRL_REUSE}).
     */
    REUSE(1 << 2),
    /**
     * Nothing submitted later starts before this transfer has ended ({@code DMA_PREP_FENCE}). On
     * channels that complete in order it costs nothing.
     */
    FENCE(1 << 3);

    /** {@code INTERRUPT | ACK}: what a prep call without flags means. */
    static final int USUAL_MASK = INTERRUPT.mask() | ACK.mask();

    private final int mask;

    Flag(int mask) {
        this.mask = mask;
    }

    int mask() {
        return mask;
    }

    boolean in(int flags) {
        return (flags & mask) != 0;
    }

    static int maskOf(Flag... flags) {
        if (flags.length == 0) {
            return USUAL_MASK;
        }
        int mask = 0;
        for (Flag flag : flags) {
            mask |= flag.mask();
        }
        return mask;
    }
}
