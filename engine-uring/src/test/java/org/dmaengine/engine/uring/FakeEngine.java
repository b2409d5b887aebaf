package org.dmaengine.engine.uring;

import org.dmaengine.EngineDescription;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

import java.lang.foreign.MemorySegment;
import java.util.function.UnaryOperator;

/**
 * The engine of this module, on a fake kernel. It has a name of its own: what its lost rings leave
 * in quarantine, for as long as the process lives, is not to be taken for the real one's.
 *
 * @param queues what stands between its channels and the core
 */
record FakeEngine(FakeKernel kernel, UringOptions options, UnaryOperator<ChannelQueue> queues)
        implements EngineProvider {
    FakeEngine(FakeKernel kernel, UringOptions options) {
        this(kernel, options, UnaryOperator.identity());
    }

    @Override
    public String name() {
        return "io_uring-fake";
    }

    @Override
    public Probe probe() {
        return new Probe.Available(renamed(Honesty.describe(options.channels())));
    }

    private EngineDescription renamed(EngineDescription real) {
        return new EngineDescription(
                name(),
                real.summary(),
                real.capabilities(),
                real.termination(),
                real.residueGranularity(),
                real.copyAlignBytes(),
                real.lengthMaxBytes(),
                real.channelsMax());
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        try {
            UringEngine engine = new UringEngine(kernel, options, settings.scheduler());
            return new EngineBackend() {
                @Override
                public EngineDescription description() {
                    return renamed(engine.description());
                }

                @Override
                public ChannelBackend openChannel(int index, ChannelQueue queue) {
                    return engine.openChannel(index, queues.apply(queue));
                }

                @Override
                public Runnable map(MemorySegment memory) {
                    return engine.map(memory);
                }

                @Override
                public void close() {
                    engine.close();
                }
            };
        } catch (UringUnavailable no) {
            throw new EngineUnavailableException(name(), no.reason(), no.remedy());
        }
    }
}
