package org.dmaengine.engine.cpu;

import org.dmaengine.Capability;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;
import org.dmaengine.Termination;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The CPU engine, as an engine that moves bytes between memory and descriptors only: no copies from
 * memory to memory, no fills, and no channels whose calls block.
 */
final class WithoutMemoryCopies implements EngineProvider {
    private static final Set<Capability> CAPABILITIES =
            EnumSet.of(
                    Capability.PERIPHERAL,
                    Capability.CYCLIC,
                    Capability.INTERRUPT,
                    Capability.PAUSE);
    private static final Set<OperationKind> ROWS =
            EnumSet.of(
                    OperationKind.FILE,
                    OperationKind.STREAM,
                    OperationKind.CYCLIC,
                    OperationKind.INTERRUPT);

    private final EngineProvider cpu = new CpuEngineProvider();

    @Override
    public String name() {
        return cpu.name();
    }

    @Override
    public Probe probe() {
        return switch (cpu.probe()) {
            case Probe.Available(EngineDescription all) -> new Probe.Available(part(all));
            case Probe.Unavailable unavailable -> unavailable;
        };
    }

    private static EngineDescription part(EngineDescription all) {
        Map<OperationKind, Termination> rows = new EnumMap<>(all.termination());
        rows.keySet().retainAll(ROWS);
        return new EngineDescription(
                all.name(),
                all.summary(),
                CAPABILITIES,
                rows,
                all.residueGranularity(),
                all.copyAlignBytes(),
                all.lengthMaxBytes(),
                all.channelsMax());
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        EngineBackend opened = cpu.open(settings);
        return new EngineBackend() {
            @Override
            public EngineDescription description() {
                return part(opened.description());
            }

            @Override
            public ChannelBackend openChannel(int index, ChannelQueue queue) {
                return opened.openChannel(index, queue);
            }

            @Override
            public Runnable map(MemorySegment memory) {
                return opened.map(memory);
            }

            @Override
            public void close() {
                opened.close();
            }
        };
    }
}
