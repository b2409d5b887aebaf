package org.dmaengine;

import java.lang.foreign.MemorySegment;

/**
 * Foreign memory that is mapped for transfers ({@link DmaEngine#map}). While it is mapped, the
 * arena the memory came from cannot be closed (C16).
 */
public sealed interface DmaBuffer extends AutoCloseable permits MappedBuffer {
    /** The mapped memory, to be used in prep calls; valid until {@link #close}. */
    MemorySegment segment();

    /**
     * Unmaps (kernel: {@code dma_unmap_single}). The foreign memory itself is not freed.
     * Idempotent.
     *
     * @throws BuffersInFlightException if transfers use it; it stays mapped
     */
    @Override
    void close();
}
