package org.dmaengine.engine.uring;

import static org.junit.jupiter.api.Assumptions.abort;

import org.dmaengine.spi.EngineProvider.Probe;

/** Skips tests of the real kernel where it has no io_uring for us, with its reason. */
final class Availability {
    private Availability() {}

    static void assume() {
        if (new UringEngineProvider().probe()
                instanceof Probe.Unavailable(String reason, String remedy)) {
            abort("io_uring is unavailable: " + reason + "; " + remedy);
        }
    }
}
