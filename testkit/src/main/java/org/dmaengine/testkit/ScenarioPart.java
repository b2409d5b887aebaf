package org.dmaengine.testkit;

import java.util.function.Consumer;

/** A group of the scenarios; {@link EngineScenarios} joins them all. */
interface ScenarioPart {
    /** Plays a scenario, round after round, each on a bench of its own. */
    void play(Consumer<ScenarioBench> scenario);
}
