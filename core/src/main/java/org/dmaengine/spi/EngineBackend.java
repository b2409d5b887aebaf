package org.dmaengine.spi;

import org.dmaengine.EngineDescription;

import java.lang.foreign.MemorySegment;

/** One opened engine, as its author writes it (kernel: {@code struct dma_device}). */
public interface EngineBackend extends AutoCloseable {
    /** What it declares; the same for as long as it is open. */
    EngineDescription description();

    /**
     * Opens one of its channels. The core never opens the same index twice at a time, and never
     * more than {@link EngineDescription#channelsMax}.
     *
     * @param index the channel, from 0
     * @param queue the core's side of it: where work comes from and ends go to
     */
    ChannelBackend openChannel(int index, ChannelQueue queue);

    /**
     * A client maps memory with this engine, and will use it again and again ({@link
     * org.dmaengine.DmaEngine#map}): what can be done once for all its transfers, such as pinning
     * the pages, is done here (kernel: {@code dma_map_single}). Any thread; may take as long as
     * that takes. By default nothing.
     *
     * @return undoes it. Called once, by any thread, when no transfer uses the memory any more
     *     (C16), maybe after {@link #close}; the segment's scope is closed by then, its pages are
     *     still there, and when it returns the memory goes back to its owner
     */
    default Runnable map(MemorySegment memory) {
        return () -> {};
    }

    /** Ends its threads and gives back what it holds. The core closes all channels first. */
    @Override
    void close();
}
