package org.dmaengine.sweep;

import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.Scheduler;

/**
 * What a test breaks on purpose, to see that a sweep finds it. Made anew for each run.
 *
 * @see #NONE
 */
interface Sabotage {
    /** Everything as it is. */
    Sabotage NONE = new Sabotage() {};

    /** The scheduler that core gets. */
    default Scheduler scheduler(Scheduler simulation) {
        return simulation;
    }

    /** The engine that core gets. */
    default EngineProvider engine(EngineProvider simulated) {
        return simulated;
    }
}
