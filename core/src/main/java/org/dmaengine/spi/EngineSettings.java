package org.dmaengine.spi;

import java.util.Map;
import java.util.Set;

/**
 * What an engine is opened with.
 *
 * @param properties the engine's own options, by name
 * @param scheduler where it gets time, threads and waits from
 */
public record EngineSettings(Map<String, String> properties, Scheduler scheduler) {
    /** Copies the map. */
    public EngineSettings {
        properties = Map.copyOf(properties);
    }

    /** Refuses properties that the engine does not know, naming the known ones. */
    public void requireKnown(String engine, Set<String> known) {
        for (String name : properties.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "engine '" + engine + "' has no option '" + name + "'; it has " + known);
            }
        }
    }

    /** A whole number between two bounds, or what to take where it is not given. */
    public long number(String name, long min, long max, long otherwise) {
        String text = properties.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Told below, with the bounds.
        }
        throw new IllegalArgumentException(
                "option "
                        + name
                        + "="
                        + text
                        + " must be a whole number from "
                        + min
                        + " to "
                        + max);
    }
}
