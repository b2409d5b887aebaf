package org.dmaengine.spi;

import org.dmaengine.EngineDescription;

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

    /** Ends its threads and gives back what it holds. The core closes all channels first. */
    @Override
    void close();
}
