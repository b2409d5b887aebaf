package org.dmaengine;

/**
 * What a channel can do (kernel: {@code enum dma_transaction_type}, {@code dmaengine.h}).
 *
 * <p>A client asks for the capabilities it needs when it requests a channel; a prep call for a
 * capability that the channel lacks throws {@link PrepRefusedException}.
 */
public enum Capability {
    /** Memory to memory copies ({@code DMA_MEMCPY}). */
    MEMCPY,
    /** Filling memory with one byte value ({@code DMA_MEMSET}). */
    MEMSET,
    /** A callback without data ({@code DMA_INTERRUPT}). */
    INTERRUPT,
    /** Scatter-gather transfers to and from a {@link Peripheral} ({@code DMA_SLAVE}). */
    PERIPHERAL,
    /** Endless transfers around a ring buffer, period by period ({@code DMA_CYCLIC}). */
    CYCLIC,
    /** Two-dimensional and strided transfers ({@code DMA_INTERLEAVE}). */
    INTERLEAVED,
    /**
     * Other things done to a {@link Peripheral} in the order of the queue ({@code DMA_PREP_CMD}).
     */
    COMMAND,
    /**
     * {@link DmaChannel#pause} and {@link DmaChannel#resume} ({@code dma_slave_caps.cmd_pause}).
     */
    PAUSE,
    /**
     * Transfers of one channel may complete in another order than they were submitted in ({@code
     * DMA_COMPLETION_NO_ORDER}). A channel without it completes in submit order.
     */
    COMPLETION_NO_ORDER
}
