package org.dmaengine;

/** Which way the bytes go (kernel: {@code enum dma_transfer_direction}). */
public enum Direction {
    /** Memory to memory ({@code DMA_MEM_TO_MEM}). */
    MEM_TO_MEM,
    /** Memory to peripheral, a write ({@code DMA_MEM_TO_DEV}). */
    MEM_TO_DEV,
    /** Peripheral to memory, a read ({@code DMA_DEV_TO_MEM}). */
    DEV_TO_MEM
}
