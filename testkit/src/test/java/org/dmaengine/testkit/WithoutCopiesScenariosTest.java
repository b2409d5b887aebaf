package org.dmaengine.testkit;

/** The scenarios on a simulated controller that has no copies from memory to memory. */
class WithoutCopiesScenariosTest extends EngineScenarios {
    private static final int ROUNDS = 10;

    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.simulated().withLayer(WithoutCopies::new).withRounds(ROUNDS);
    }
}
