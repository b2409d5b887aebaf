package org.dmaengine.engine.cpu;

import org.dmaengine.EngineOptions;
import org.dmaengine.testkit.EngineScenarios;
import org.dmaengine.testkit.ScenarioSubject;

/** The scenarios, on an engine that has no copies from memory to memory. */
class WithoutMemoryCopiesScenariosTest extends EngineScenarios {
    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.of("", new WithoutMemoryCopies(), EngineOptions.defaults());
    }
}
