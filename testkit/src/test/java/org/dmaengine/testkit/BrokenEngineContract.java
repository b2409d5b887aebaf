package org.dmaengine.testkit;

import org.dmaengine.spi.EngineProvider;

import java.time.Duration;
import java.util.function.UnaryOperator;

/** The suite against one broken engine; run by {@link BrokenEnginesTest} only. */
class BrokenEngineContract extends EngineContract {
    /** Which one. Volatile: set by the test that launches the suite. */
    static volatile Defect defect = Defect.NONE;

    /** What is put over it. Volatile too. */
    static volatile UnaryOperator<EngineProvider> layer = UnaryOperator.identity();

    private static final Duration SHORT = Duration.ofMillis(700);

    @Override
    protected ContractSubject subject() {
        return new TunableEngine(defect).subject(layer).withDeadline(SHORT).withRounds(20);
    }
}
