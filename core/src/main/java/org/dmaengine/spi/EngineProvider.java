package org.dmaengine.spi;

import org.dmaengine.EngineDescription;

/**
 * Finds and opens one kind of engine; registered with {@link java.util.ServiceLoader}, in {@code
 * module-info} and, for the class path, in {@code META-INF/services}. Any thread may call it.
 */
public interface EngineProvider {
    /** The name clients open it by: lower case, unique, for example {@code cpu}. */
    String name();

    /** Looks whether the engine would work here, cheaply and without opening it. Never throws. */
    Probe probe();

    /**
     * True for engines that nobody gets without naming them, such as simulated ones: {@link
     * org.dmaengine.DmaEngines#openBest} passes them over.
     */
    default boolean onlyByName() {
        return false;
    }

    /**
     * Opens the engine.
     *
     * @throws IllegalArgumentException for a property it does not know or a value that does not fit
     * @throws org.dmaengine.EngineUnavailableException if it cannot be had here
     */
    EngineBackend open(EngineSettings settings);

    /** The answer of {@link #probe}. */
    sealed interface Probe {
        /** It works here, and this is what it can do. */
        record Available(EngineDescription description) implements Probe {}

        /** It does not work here, and this is what the user can do about it. */
        record Unavailable(String reason, String remedy) implements Probe {}
    }
}
