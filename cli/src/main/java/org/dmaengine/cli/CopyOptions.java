package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** How {@code copy} copies. */
final class CopyOptions {
    private static final int CHANNELS = 4;
    private static final int BUFFERS = 8;

    @Option(
            names = {"-r", "-R", "--recursive"},
            description = "Copy folders with all they hold; links are copied as links.")
    private boolean recursive;

    @Option(
            names = {"-a", "--archive"},
            description = "Keep modes and times; includes --recursive.")
    private boolean archive;

    @Option(
            names = "--verify",
            description =
                    "Read the target back when it is on disk and compare its CRC-32C with that of"
                            + " what was read.")
    private boolean verify;

    @Option(
            names = "--resume",
            description = "Go on where an interrupted copy of the same source stopped.")
    private boolean resume;

    @Option(
            names = "--no-sync",
            description =
                    "Do not wait until the target is on disk, as cp does not: faster, but a power"
                            + " failure may lose it.")
    private boolean noSync;

    @Option(
            names = "--channels",
            paramLabel = "N",
            description =
                    "Copy by an engine's channels, so many, half of them for reading (4 if an"
                            + " engine is used).")
    private @Nullable Integer channels;

    @Option(
            names = "--buffers",
            paramLabel = "N",
            description =
                    "Copy by an engine with so many buffers, so the most blocks in flight (8 if an"
                            + " engine is used).")
    private @Nullable Integer buffers;

    @Option(
            names = "--block-size",
            paramLabel = "SIZE",
            defaultValue = "256K",
            converter = Size.Converter.class,
            description = "Bytes per block, as 64K or 4M (default: ${DEFAULT-VALUE}).")
    private Size blockSize = new Size(256 << 10);

    @Option(
            names = "--limit",
            paramLabel = "SIZE",
            converter = Size.Converter.class,
            description = "At most so many bytes a second, as 10M (default: no limit).")
    private Size limit = new Size(0);

    boolean isRecursive() {
        return recursive || archive;
    }

    boolean isArchive() {
        return archive;
    }

    boolean isVerify() {
        return verify;
    }

    boolean isResume() {
        return resume;
    }

    /** Whether a target gets its name only when it is on disk. */
    boolean isSync() {
        return !noSync;
    }

    long limitBytesPerSecond() {
        return limit.bytes();
    }

    /** Whether something was said about channels or buffers, which only an engine has. */
    boolean isPipeline() {
        return channels != null || buffers != null;
    }

    /**
     * Before anything is touched.
     *
     * @throws UsageFailure if a number is out of its range
     */
    void requireInRange() {
        channels();
        buffers();
        blockBytes();
    }

    int channels() {
        return inRange("--channels", channels == null ? CHANNELS : channels, 2, 64);
    }

    int buffers() {
        return inRange("--buffers", buffers == null ? BUFFERS : buffers, 1, 256);
    }

    int blockBytes() {
        return inRange("--block-size", blockSize.bytes(), DataRuns.UNIT_BYTES, 64 << 20);
    }

    private static int inRange(String option, long value, int min, int max) {
        if (value < min || value > max) {
            throw new UsageFailure(option + " " + value + " must be from " + min + " to " + max);
        }
        return (int) value;
    }
}
