package org.dmaengine.engine.uring;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.EngineScenarios;
import org.dmaengine.testkit.ScenarioSubject;
import org.junit.jupiter.api.BeforeAll;

/** The scenarios, on the machine's own kernel. */
class UringScenariosTest extends EngineScenarios {
    @BeforeAll
    static void requireKernel() {
        Availability.assume();
    }

    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.of("io_uring", new UringEngineProvider(), EngineOptions.defaults());
    }
}
