package org.dmaengine.testkit;

import org.dmaengine.spi.EngineProvider;

import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * The scenarios on an engine that is wrong in one way; run by {@link PlantedScenariosTest} only.
 */
class PlantedScenarios extends EngineScenarios {
    /** Which way. Volatile: set by the test that launches the scenarios. */
    static volatile Plant plant = Plant.NONE;

    /** What is put over it. Volatile too. */
    static volatile UnaryOperator<EngineProvider> layer = UnaryOperator.identity();

    private static final Duration VIRTUAL_DEADLINE = Duration.ofMillis(200);

    @Override
    protected ScenarioSubject subject() {
        return ScenarioSubject.simulated()
                .withLayer(provider -> layer.apply(new PlantedLayer(provider, plant)))
                .withRounds(10)
                .withDeadline(VIRTUAL_DEADLINE);
    }
}
