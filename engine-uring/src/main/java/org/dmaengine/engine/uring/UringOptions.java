package org.dmaengine.engine.uring;

import org.dmaengine.spi.EngineSettings;

import java.util.Set;

/**
 * What the engine may be opened with; each is explained in {@code docs/engines/io_uring.md}.
 *
 * @param workers threads, each with a ring of its own; channels are dealt out to them in turn
 * @param entries places of a ring for submissions; completions have sixteen times as many, and at
 *     least {@link #COMPLETIONS_MIN}
 * @param depth the most file transfers of one channel that are in the kernel at once
 * @param chunkBytes the most bytes of one request: a stop takes effect between two
 * @param channels how many channels may be open at once
 * @param files places of a ring for registered files; 0 registers none
 * @param buffers places of a ring for registered buffers; 0 registers none
 * @param spins how often an idle worker looks for work before it waits in the kernel
 * @param inline whether the thread that rings the doorbell tries small file transfers itself
 * @param sqPollIdleMillis how long a kernel thread polls for submissions after the last one; 0 for
 *     none
 * @param polled whether transfers of direct files are polled for
 */
record UringOptions(
        int workers,
        int entries,
        int depth,
        int chunkBytes,
        int channels,
        int files,
        int buffers,
        int spins,
        boolean inline,
        int sqPollIdleMillis,
        boolean polled) {
    static final int CHANNELS_DEFAULT = 1 << 16;
    private static final int CHANNELS_LIMIT = 1 << 20;
    private static final int WORKERS_LIMIT = 1024;
    private static final int ENTRIES_DEFAULT = 256;
    private static final int ENTRIES_LIMIT = 4096;
    private static final int COMPLETIONS_MIN = 256;
    private static final int DEPTH_DEFAULT = 128;
    private static final int CHUNK_DEFAULT_BYTES = 1 << 20;
    private static final int CHUNK_MIN_BYTES = 4096;
    private static final int CHUNK_LIMIT_BYTES = 1 << 30;
    private static final int FILES_DEFAULT = 1024;
    private static final int FILES_LIMIT = 1 << 15;
    private static final int BUFFERS_DEFAULT = 1024;
    // IORING_MAX_REG_BUFFERS
    private static final int BUFFERS_LIMIT = 1 << 14;
    private static final int SPINS_DEFAULT = 200;
    private static final int SPINS_LIMIT = 1_000_000;
    private static final int IDLE_LIMIT_MILLIS = 60_000;

    static UringOptions of(EngineSettings settings) {
        settings.requireKnown(
                UringEngineProvider.NAME,
                Set.of(
                        "workers",
                        "entries",
                        "depth",
                        "chunk",
                        "channels",
                        "files",
                        "buffers",
                        "spins",
                        "mode",
                        "sqpoll",
                        "iopoll"));
        int processors = Runtime.getRuntime().availableProcessors();
        return new UringOptions(
                number(settings, "workers", 1, WORKERS_LIMIT, 1),
                number(settings, "entries", 1, ENTRIES_LIMIT, ENTRIES_DEFAULT),
                number(settings, "depth", 1, ENTRIES_LIMIT, DEPTH_DEFAULT),
                number(settings, "chunk", CHUNK_MIN_BYTES, CHUNK_LIMIT_BYTES, CHUNK_DEFAULT_BYTES),
                number(settings, "channels", 1, CHANNELS_LIMIT, CHANNELS_DEFAULT),
                number(settings, "files", 0, FILES_LIMIT, FILES_DEFAULT),
                number(settings, "buffers", 0, BUFFERS_LIMIT, BUFFERS_DEFAULT),
                // On one core, whoever spins keeps the work from being made.
                number(settings, "spins", 0, SPINS_LIMIT, processors > 1 ? SPINS_DEFAULT : 0),
                isInline(settings.properties().getOrDefault("mode", "inline")),
                number(settings, "sqpoll", 0, IDLE_LIMIT_MILLIS, 0),
                number(settings, "iopoll", 0, 1, 0) > 0);
    }

    private static boolean isInline(String mode) {
        return switch (mode) {
            case "workers" -> false;
            case "inline" -> true;
            default ->
                    throw new IllegalArgumentException(
                            "option mode=" + mode + " must be 'inline' or 'workers'");
        };
    }

    private static int number(
            EngineSettings settings, String name, int min, int max, int otherwise) {
        return (int) settings.number(name, min, max, otherwise);
    }

    /** Enough to keep some free for cancels, even where there are few entries. */
    int completions() {
        return Math.max(entries * 16, COMPLETIONS_MIN);
    }
}
