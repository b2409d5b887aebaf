package org.dmaengine.testkit;

/** All scenarios on the simulated controller, whose hardware does whatever a scenario needs. */
class SimScenariosTest extends EngineScenarios {
    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.simulated();
    }
}
