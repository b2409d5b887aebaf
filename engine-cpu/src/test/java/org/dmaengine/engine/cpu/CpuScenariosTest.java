package org.dmaengine.engine.cpu;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.EngineScenarios;
import org.dmaengine.testkit.ScenarioSubject;

/** The scenarios, on worker threads. */
class CpuScenariosTest extends EngineScenarios {
    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.of("cpu", new CpuEngineProvider(), EngineOptions.defaults());
    }
}
