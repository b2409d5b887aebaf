package org.dmaengine.engine.cpu;

import org.dmaengine.spi.EngineSettings;

import java.util.Set;

/**
 * What the engine may be opened with; each is explained in {@code docs/engines/cpu.md}.
 *
 * @param workers threads that move memory
 * @param smallWorkers how many of them at most are woken for nothing but small copies
 * @param inline whether the thread that rings the doorbell moves small pieces of memory itself
 * @param channels how many channels may be open at once
 * @param ioThreads the most threads that may be inside file and blocking calls at once
 * @param spins how often an idle worker looks again before it yields and parks
 */
record CpuOptions(
        int workers, int smallWorkers, boolean inline, int channels, int ioThreads, int spins) {
    static final int CHANNELS_DEFAULT = 1 << 16;
    private static final int CHANNELS_LIMIT = 1 << 24;

    // Few cores saturate the memory; more workers would only wake and park.
    private static final int WORKERS_DEFAULT_MAX = 8;
    private static final int THREADS_LIMIT = 4096;
    private static final int IO_THREADS_DEFAULT = 64;
    private static final int SPINS_DEFAULT = 1000;
    private static final int SPINS_LIMIT = 1_000_000;

    static CpuOptions of(EngineSettings settings) {
        settings.requireKnown(
                CpuEngineProvider.NAME,
                Set.of("workers", "small-workers", "mode", "channels", "io-threads", "spins"));
        int processors = Runtime.getRuntime().availableProcessors();
        return new CpuOptions(
                (int)
                        settings.number(
                                "workers",
                                1,
                                THREADS_LIMIT,
                                Math.min(processors, WORKERS_DEFAULT_MAX)),
                // Who submits small copies needs a processor as much as who moves them.
                (int)
                        settings.number(
                                "small-workers", 1, THREADS_LIMIT, Math.max(1, processors - 1)),
                isInline(settings.properties().getOrDefault("mode", "workers")),
                (int) settings.number("channels", 1, CHANNELS_LIMIT, CHANNELS_DEFAULT),
                (int) settings.number("io-threads", 1, THREADS_LIMIT, IO_THREADS_DEFAULT),
                // On one core, whoever spins keeps the work from being made.
                (int) settings.number("spins", 0, SPINS_LIMIT, processors > 1 ? SPINS_DEFAULT : 0));
    }

    private static boolean isInline(String mode) {
        return switch (mode) {
            case "workers" -> false;
            case "inline" -> true;
            default ->
                    throw new IllegalArgumentException(
                            "option mode=" + mode + " must be 'workers' or 'inline'");
        };
    }
}
