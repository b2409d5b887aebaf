package org.dmaengine.engine.uring;

import org.dmaengine.EngineUnavailableException;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

/** Offers the engine to {@link java.util.ServiceLoader}. */
public final class UringEngineProvider implements EngineProvider {
    static final String NAME = "io_uring";

    private static final int PROBE_ENTRIES = 4;

    /** For {@link java.util.ServiceLoader}. */
    public UringEngineProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    /** Opens a small ring and closes it again: what the kernel refuses shows in no version. */
    @Override
    public Probe probe() {
        try {
            UringCalls calls = NativeUringCalls.link();
            RingSetup.open(calls, PROBE_ENTRIES, PROBE_ENTRIES, 0).close(calls);
            return new Probe.Available(Honesty.describe(UringOptions.CHANNELS_DEFAULT));
        } catch (UringUnavailable no) {
            return new Probe.Unavailable(no.reason(), no.remedy());
        }
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        UringOptions options = UringOptions.of(settings);
        try {
            return new UringEngine(NativeUringCalls.link(), options, settings.scheduler());
        } catch (UringUnavailable no) {
            throw new EngineUnavailableException(NAME, no.reason(), no.remedy());
        }
    }
}
