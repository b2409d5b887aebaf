package org.dmaengine.engine.uring;

import org.dmaengine.EngineUnavailableException;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

/** The engine of this module, on a fake kernel. */
record FakeEngine(FakeKernel kernel, UringOptions options) implements EngineProvider {
    @Override
    public String name() {
        return UringEngineProvider.NAME;
    }

    @Override
    public Probe probe() {
        return new Probe.Available(Honesty.describe(options.channels()));
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        try {
            return new UringEngine(kernel, options, settings.scheduler());
        } catch (UringUnavailable no) {
            throw new EngineUnavailableException(name(), no.reason(), no.remedy());
        }
    }
}
