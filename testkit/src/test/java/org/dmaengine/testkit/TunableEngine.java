package org.dmaengine.testkit;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.EngineDescription;
import org.dmaengine.EngineOptions;
import org.dmaengine.OperationKind;
import org.dmaengine.Proof;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.Termination;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** An engine that can do everything, and one thing wrong. */
record TunableEngine(Defect defect) implements EngineProvider {
    static final long LONG_COPY_BYTES = 4 << 20;

    @Override
    public String name() {
        return "tunable";
    }

    @Override
    public Probe probe() {
        EngineDescription honest = description();
        if (defect != Defect.PROBE_LIES) {
            return new Probe.Available(honest);
        }
        return new Probe.Available(
                new EngineDescription(
                        honest.name(),
                        honest.summary(),
                        honest.capabilities(),
                        honest.termination(),
                        honest.residueGranularity(),
                        honest.copyAlignBytes(),
                        honest.lengthMaxBytes(),
                        honest.channelsMax() + 1));
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        settings.requireKnown(name(), Set.of("chunkMicros"));
        return new Opened(settings.number("chunkMicros", 0, 1_000_000, 0));
    }

    /** How the suite is to treat it. */
    ContractSubject subject() {
        return subject(UnaryOperator.identity());
    }

    /** The same, with something over it. */
    ContractSubject subject(UnaryOperator<EngineProvider> layer) {
        return ContractSubject.of(layer.apply(this))
                .withSlow(EngineOptions.defaults().with("chunkMicros", "1000"), LONG_COPY_BYTES)
                .withDeadline(Duration.ofSeconds(5));
    }

    private EngineDescription description() {
        EnumSet<Capability> capabilities = EnumSet.allOf(Capability.class);
        capabilities.remove(Capability.COMPLETION_NO_ORDER);
        capabilities.remove(Capability.COMMAND);
        Map<OperationKind, Termination> rows = new EnumMap<>(OperationKind.class);
        for (OperationKind kind : OperationKind.values()) {
            rows.put(kind, new Termination(effect(kind), Proof.WORKER_IDLE));
        }
        return new EngineDescription(
                name(),
                "for testing the tests",
                capabilities,
                rows,
                ResidueGranularity.BURST,
                1,
                1L << 40,
                8);
    }

    private AbortEffect effect(OperationKind kind) {
        return switch (kind) {
            case STREAM, CYCLIC -> AbortEffect.AT_ONCE;
            case MEMCPY, FILE ->
                    defect == Defect.DECLARES_DRAIN_AND_STOPS
                            ? AbortEffect.DRAIN_ONLY
                            : AbortEffect.CHUNK_BOUNDARY;
            case MEMSET, INTERLEAVED, INTERRUPT, BLOCKING, COMMAND -> AbortEffect.CHUNK_BOUNDARY;
        };
    }

    /** Its channels, for the defects that reach over to others. */
    final class Opened implements EngineBackend {
        private final long chunkMicros;
        private final List<TunableChannel> channels = new CopyOnWriteArrayList<>();
        private final ReentrantLock oneThread = new ReentrantLock();

        private Opened(long chunkMicros) {
            this.chunkMicros = chunkMicros;
        }

        @Override
        public EngineDescription description() {
            return TunableEngine.this.description();
        }

        @Override
        public ChannelBackend openChannel(int index, ChannelQueue queue) {
            TunableChannel channel = new TunableChannel(this, queue, defect, chunkMicros);
            channels.add(channel);
            return channel;
        }

        ReentrantLock oneThread() {
            return oneThread;
        }

        void stopAll() {
            channels.forEach(TunableChannel::stopRunning);
        }

        void remove(TunableChannel channel) {
            channels.remove(channel);
        }

        @Override
        public void close() {
            channels.clear();
        }
    }
}
