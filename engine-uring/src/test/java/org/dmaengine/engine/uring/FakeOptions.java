package org.dmaengine.engine.uring;

import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.Scheduler;

import java.util.HashMap;
import java.util.Map;

/** What the engine of a test is opened with: its defaults, but for what the test names. */
final class FakeOptions {
    private FakeOptions() {}

    /** All work goes to one worker, which does not look around before it sleeps. */
    static UringOptions workers(String... namesAndValues) {
        Map<String, String> properties = new HashMap<>(Map.of("mode", "workers", "spins", "0"));
        put(properties, namesAndValues);
        return of(properties);
    }

    /** Threads that ring move what they can. */
    static UringOptions inline(String... namesAndValues) {
        Map<String, String> properties = new HashMap<>(Map.of("spins", "0"));
        put(properties, namesAndValues);
        return of(properties);
    }

    private static void put(Map<String, String> properties, String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.put(namesAndValues[i], namesAndValues[i + 1]);
        }
    }

    private static UringOptions of(Map<String, String> properties) {
        return UringOptions.of(new EngineSettings(properties, Scheduler.system()));
    }
}
