package org.dmaengine.engine.cpu;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.EngineScenarios;
import org.dmaengine.testkit.ScenarioSubject;

/** The scenarios, where the thread that rings the doorbell does small work itself. */
class CpuInlineScenariosTest extends EngineScenarios {
    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.of(
                "cpu-inline",
                new CpuEngineProvider(),
                EngineOptions.defaults().with("mode", "inline"));
    }
}
