import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.spi.EngineProvider;

/** A simulated controller: virtual clock, seed, faults. */
module org.dmaengine.engine.sim {
    requires transitive org.dmaengine;
    requires static org.jspecify;

    exports org.dmaengine.engine.sim;

    provides EngineProvider with
            SimEngine;
}
