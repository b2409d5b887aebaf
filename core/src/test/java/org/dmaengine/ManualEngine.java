package org.dmaengine;

import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** An engine that does nothing by itself: the test cranks its channels. */
final class ManualEngine implements EngineProvider, EngineBackend {
    private final EngineDescription description;
    final List<ManualBackend> channels = new CopyOnWriteArrayList<>();
    final List<Integer> indexesOpened = new CopyOnWriteArrayList<>();
    volatile Runnable onChannelClose = () -> {};
    volatile Function<MemorySegment, Runnable> onMap = _ -> () -> {};
    volatile Consumer<ChannelQueue> onOpenChannel = _ -> {};
    volatile Runnable onClose = () -> {};
    volatile boolean closed;
    volatile boolean openedAfterClose;

    ManualEngine(EngineDescription description) {
        this.description = description;
    }

    /** One that can do everything, on this many channels, and completes in any order. */
    static ManualEngine ofChannels(int channelsMax) {
        return new ManualEngine(
                describe("manual", EnumSet.allOf(Capability.class), channelsMax, everyRow()));
    }

    static Map<OperationKind, Termination> everyRow() {
        Map<OperationKind, Termination> rows = new EnumMap<>(OperationKind.class);
        for (OperationKind kind : OperationKind.values()) {
            rows.put(kind, new Termination(AbortEffect.AT_ONCE, Proof.WORKER_IDLE));
        }
        return rows;
    }

    static EngineDescription describe(
            String name,
            Set<Capability> capabilities,
            int channelsMax,
            Map<OperationKind, Termination> rows) {
        return new EngineDescription(
                name,
                "cranked by hand",
                capabilities,
                rows,
                ResidueGranularity.DESCRIPTOR,
                1,
                1L << 40,
                channelsMax);
    }

    @Override
    public String name() {
        return description.name();
    }

    @Override
    public Probe probe() {
        return new Probe.Available(description);
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        return this;
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public ChannelBackend openChannel(int index, ChannelQueue queue) {
        openedAfterClose |= closed;
        onOpenChannel.accept(queue);
        ManualBackend channel = new ManualBackend(queue, () -> onChannelClose.run());
        channels.add(channel);
        indexesOpened.add(index);
        return channel;
    }

    @Override
    public Runnable map(MemorySegment memory) {
        return onMap.apply(memory);
    }

    @Override
    public void close() {
        closed = true;
        onClose.run();
    }
}
