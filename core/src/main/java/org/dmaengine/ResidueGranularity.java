package org.dmaengine;

/** How fine an engine reports residue (kernel: {@code enum dma_residue_granularity}). */
public enum ResidueGranularity {
    /** Only whole descriptors are told: the residue is the length until the end. */
    DESCRIPTOR,
    /** After each segment of a scatter list, or each period of a cyclic transfer. */
    SEGMENT,
    /** After each burst: the engine's chunk, or one read or write call. */
    BURST
}
