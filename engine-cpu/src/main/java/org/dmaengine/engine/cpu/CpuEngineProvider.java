package org.dmaengine.engine.cpu;

import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

/** Offers the CPU engine to {@link java.util.ServiceLoader}. It works on every machine. */
public final class CpuEngineProvider implements EngineProvider {
    static final String NAME = "cpu";

    /** For {@link java.util.ServiceLoader}. */
    public CpuEngineProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Probe probe() {
        return new Probe.Available(Honesty.describe(CpuOptions.CHANNELS_DEFAULT));
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        return new CpuEngine(CpuOptions.of(settings), settings.scheduler());
    }
}
