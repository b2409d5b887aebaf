package org.dmaengine.testkit;

import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Reports ends that are none of the engine's. On the simulated controller the fault plan does that;
 * on others a layer between core and engine plays the stale interrupt.
 */
final class StaleReports {
    private final AtomicReference<EngineLayer> layer = new AtomicReference<>();

    private StaleReports() {}

    /** Before the engine is opened. */
    static StaleReports on(ScenarioBench bench) {
        StaleReports reports = new StaleReports();
        if (!bench.isSimulated()) {
            bench.engine.layer(provider -> {
                EngineLayer playing = new EngineLayer(provider);
                reports.layer.set(playing);
                return playing;
            });
        }
        return reports;
    }

    /** The engine knows a transfer by its ticket, which is the cookie. */
    void complete(DmaChannel channel, long cookie) {
        EngineLayer playing = layer.get();
        if (playing != null) {
            playing.queueOf(channel).end(cookie, Outcome.COMPLETE, 0);
        }
    }
}
