package org.dmaengine.testkit;

import java.time.Duration;

/** The suite against one broken engine; run by {@link BrokenEnginesTest} only. */
class BrokenEngineContract extends EngineContract {
    /** Which one. Volatile: set by the test that launches the suite. */
    static volatile Defect defect = Defect.NONE;

    private static final Duration SHORT = Duration.ofMillis(700);

    @Override
    protected ContractSubject subject() {
        return new TunableEngine(defect).subject().withDeadline(SHORT).withRounds(20);
    }
}
