package org.dmaengine.testkit;

import org.dmaengine.EngineOptions;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.spi.EngineProvider;

import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The engine that the scenarios are played on.
 *
 * @param column its column in the table of scenarios; empty for none
 * @param provider opens it; empty for the simulated controller, which each scenario opens with the
 *     model and the faults that it needs
 * @param options what it is opened with
 * @param deadline how long anything that must happen may take, in its own time
 * @param rounds how often each scenario is played, each time with another seed
 * @param layer what is put between the core and the engine; for those who test the scenarios
 */
public record ScenarioSubject(
        String column,
        Optional<EngineProvider> provider,
        EngineOptions options,
        Duration deadline,
        int rounds,
        UnaryOperator<EngineProvider> layer) {

    private static final Duration DEADLINE_DEFAULT = Duration.ofSeconds(10);
    private static final int SIMULATED_ROUNDS = 50;

    /** The simulated controller, in virtual time. */
    public static ScenarioSubject simulated() {
        return new ScenarioSubject(
                new SimEngine().name(),
                Optional.empty(),
                EngineOptions.defaults(),
                DEADLINE_DEFAULT,
                SIMULATED_ROUNDS,
                UnaryOperator.identity());
    }

    /** Any other engine, in real time. */
    public static ScenarioSubject of(
            String column, EngineProvider provider, EngineOptions options) {
        return new ScenarioSubject(
                column,
                Optional.of(provider),
                options,
                DEADLINE_DEFAULT,
                1,
                UnaryOperator.identity());
    }

    /** With more or fewer rounds. */
    public ScenarioSubject withRounds(int newRounds) {
        return new ScenarioSubject(column, provider, options, deadline, newRounds, layer);
    }

    /** With another deadline; a short one for engines that are expected to fail. */
    public ScenarioSubject withDeadline(Duration newDeadline) {
        return new ScenarioSubject(column, provider, options, newDeadline, rounds, layer);
    }

    /** With something between the core and the engine, and in no table. */
    ScenarioSubject withLayer(UnaryOperator<EngineProvider> newLayer) {
        return new ScenarioSubject("", provider, options, deadline, rounds, newLayer);
    }
}
