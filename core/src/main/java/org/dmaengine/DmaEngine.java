package org.dmaengine;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An opened engine (kernel: a registered {@code struct dma_device}). Any thread may call; {@link
 * #close} waits and is refused inside a callback.
 */
public sealed interface DmaEngine extends AutoCloseable permits OpenedEngine {

    /** Its name. */
    String name();

    /** What it declares: capabilities, honesty table, limits. */
    EngineDescription description();

    /**
     * Requests a channel that can do all of {@code wanted} (kernel: {@code dma_request_channel}).
     * It is exclusive until closed.
     *
     * @throws NoCapableChannelException if no channel can
     * @throws ChannelBusyException if all that can are taken
     */
    DmaChannel requestChannel(Capability... wanted);

    /** The same with a filter, name, queue depth or callback executor. */
    DmaChannel requestChannel(ChannelRequest request);

    /** The channels open now. */
    List<DmaChannel> channels();

    /**
     * Maps memory that is not from a {@link DmaArena}, so that transfers may use it (kernel: {@code
     * dma_map_single}). For as long as it is mapped the foreign arena cannot be closed (C16).
     *
     * @throws PrepRefusedException for heap and thread-confined segments, with the reason
     */
    DmaBuffer map(MemorySegment segment);

    /** What this engine's lost channels still hold (C12). */
    List<Quarantine.Entry> quarantine();

    /**
     * Closes all channels, then the engine (C14).
     *
     * @throws CallbackContextException inside a callback (C10)
     * @throws EngineLostException if a channel cannot prove its last touch; the others are closed
     */
    @Override
    void close();
}
