package org.dmaengine.engine.uring;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.EngineScenarios;
import org.dmaengine.testkit.ScenarioSubject;

/** The scenarios, on the machine's own kernel. */
class UringScenariosTest extends EngineScenarios {
    @Override
    protected ScenarioSubject subject() {
        Availability.assume();
        return ScenarioSubject.of("io_uring", new UringEngineProvider(), EngineOptions.defaults());
    }
}
