package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/** How {@code copy} copies. */
final class CopyOptions {
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
            names = "--no-engine",
            description =
                    "Copy files by plain calls of the command's own threads, as cp does; streams"
                            + " still go through an engine.")
    private boolean noEngine;

    @Option(
            names = "--channels",
            paramLabel = "N",
            defaultValue = "4",
            description = "Channels, half of them for reading (default: ${DEFAULT-VALUE}).")
    private int channels = 4;

    @Option(
            names = "--buffers",
            paramLabel = "N",
            defaultValue = "8",
            description = "Buffers, so the most blocks in flight (default: ${DEFAULT-VALUE}).")
    private int buffers = 8;

    @Option(
            names = "--block-size",
            paramLabel = "SIZE",
            converter = Size.Converter.class,
            description =
                    "Bytes per block, as 64K or 4M (default: 256K, and 1M past the page cache).")
    private @Nullable Size blockSize;

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

    /** Whether files go through an engine, as streams always do. */
    boolean isByEngine() {
        return !noEngine;
    }

    /**
     * Before anything is touched.
     *
     * @throws UsageFailure if a number is out of its range
     */
    void requireInRange() {
        channels();
        buffers();
        blocks();
    }

    int channels() {
        return inRange("--channels", channels, 2, 64);
    }

    int buffers() {
        return inRange("--buffers", buffers, 1, 256);
    }

    /** Bytes per block. */
    BlockSizes blocks() {
        Size given = blockSize;
        return given == null
                ? BlockSizes.DEFAULT
                : BlockSizes.all(
                        inRange("--block-size", given.bytes(), DirectIo.UNIT_BYTES, 64 << 20));
    }

    private static int inRange(String option, long value, int min, int max) {
        if (value < min || value > max) {
            throw new UsageFailure(option + " " + value + " must be from " + min + " to " + max);
        }
        return (int) value;
    }
}
