package org.dmaengine.testkit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.opentest4j.TestAbortedException;

import java.util.function.Consumer;

/**
 * Real faults of real systems, told as tests: R1 to R35 are races of the kernel's DMAengine, E1 to
 * E18 traps of engines in user space. An engine's author extends it and runs it beside {@link
 * EngineContract}:
 *
 * {@snippet :
 * class MyScenariosTest extends EngineScenarios {
 *     @Override
 *     protected ScenarioSubject subject() {
 *         return ScenarioSubject.of("mine", new MyEngineProvider(), EngineOptions.defaults());
 *     }
 * }
 * }
 *
 * <p>Where an engine cannot be brought to the precondition of a scenario, that one is skipped, with
 * the reason. What became of each is written to {@code target/scenarios-}column{@code .txt}.
 */
@ExtendWith(ScenarioReport.class)
@Timeout(100)
public abstract class EngineScenarios
        implements CallbackScenarios,
                ReentryScenarios,
                RecyclingScenarios,
                CyclicScenarios,
                TerminationScenarios,
                SynchronizeScenarios,
                CancellationScenarios,
                StatusScenarios,
                CloseScenarios,
                OwnershipScenarios,
                LastTouchScenarios,
                PressureScenarios {

    private static final String SEED_PROPERTY = "scenario.seed";
    private static final String ROUNDS_PROPERTY = "scenario.rounds";

    // A precondition that depends on time may be missed now and then.
    private static final int TRIES = 3;

    private boolean layered;

    /** For the engine's subclass. */
    protected EngineScenarios() {}

    /** The engine, and how to treat it; asked before each scenario. */
    protected abstract ScenarioSubject subject();

    /** True if hardware that misbehaves was played by a layer between core and engine. */
    final boolean isLayered() {
        return layered;
    }

    @Override
    public final void play(Consumer<ScenarioBench> scenario) {
        ScenarioSubject subject = subject();
        Long seed = Long.getLong(SEED_PROPERTY);
        if (seed != null) {
            play(subject, scenario, seed);
            return;
        }
        long rounds = Long.getLong(ROUNDS_PROPERTY, subject.rounds());
        for (long round = 1; round <= rounds; round++) {
            playWithTries(subject, scenario, round);
        }
    }

    private void playWithTries(
            ScenarioSubject subject, Consumer<ScenarioBench> scenario, long seed) {
        for (int tries = TRIES; ; tries--) {
            try {
                play(subject, scenario, seed);
                return;
            } catch (TestAbortedException missed) {
                if (tries <= 1) {
                    throw missed;
                }
            }
        }
    }

    private void play(ScenarioSubject subject, Consumer<ScenarioBench> scenario, long seed) {
        try (ScenarioBench bench = new ScenarioBench(subject, seed)) {
            scenario.accept(bench);
            bench.passed();
            layered |= bench.engine.isLayered();
        } catch (TestAbortedException skipped) {
            throw skipped;
        } catch (RuntimeException | Error failed) {
            throw new AssertionError(
                    "with -D" + SEED_PROPERTY + "=" + seed + ": " + failed, failed);
        }
    }
}
