package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How an engine is opened.
 *
 * @param properties the engine's own options, described on its page in {@code docs/engines}
 * @param faults told of what no caller can be told by an exception; called on any thread, must not
 *     block
 * @param callbackThreadsMax the most threads that run callbacks at once; started as needed, ended
 *     when idle
 * @param scheduler time, threads and waits; a simulator may give its own
 */
public record EngineOptions(
        Map<String, String> properties,
        Consumer<Fault> faults,
        int callbackThreadsMax,
        Scheduler scheduler) {

    private static final int CALLBACK_THREADS_DEFAULT = 256;

    /** Copies the map. */
    public EngineOptions {
        properties = Map.copyOf(properties);
        if (callbackThreadsMax < 1) {
            throw new IllegalArgumentException(
                    "callbackThreadsMax " + callbackThreadsMax + " must be at least 1");
        }
    }

    /** The engine's defaults; faults go to the logger {@code org.dmaengine}. */
    public static EngineOptions defaults() {
        return new EngineOptions(
                Map.of(), FaultLog.INSTANCE, CALLBACK_THREADS_DEFAULT, Scheduler.system());
    }

    /** With one more of the engine's own options. */
    public EngineOptions with(String property, String value) {
        Map<String, String> more = new HashMap<>(properties);
        more.put(property, value);
        return new EngineOptions(more, faults, callbackThreadsMax, scheduler);
    }

    /** With another listener for faults. */
    public EngineOptions withFaults(Consumer<Fault> listener) {
        return new EngineOptions(properties, listener, callbackThreadsMax, scheduler);
    }

    /** With another bound on callback threads. */
    public EngineOptions withCallbackThreads(int threadsMax) {
        return new EngineOptions(properties, faults, threadsMax, scheduler);
    }

    /** With another source of time, threads and waits. */
    public EngineOptions withScheduler(Scheduler newScheduler) {
        return new EngineOptions(properties, faults, callbackThreadsMax, newScheduler);
    }
}
