package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

/** How {@code copy} copies. */
final class CopyOptions extends Arguments {
    private final Argument<Boolean> recursive =
            flag(
                    "Copy folders with all they hold; links are copied as links.",
                    "-r",
                    "-R",
                    "--recursive");

    private final Argument<Boolean> archive =
            flag("Keep modes and times; includes --recursive.", "-a", "--archive");

    private final Argument<Boolean> verify =
            flag(
                    "Read the target back when it is on disk and compare its CRC-32C with that of"
                            + " what was read.",
                    "--verify");

    private final Argument<Boolean> resume =
            flag("Go on where an interrupted copy of the same source stopped.", "--resume");

    private final Argument<Boolean> noSync =
            flag(
                    "Do not wait until the target is on disk, as cp does not: faster, but a power"
                            + " failure may lose it.",
                    "--no-sync");

    private final Argument<Boolean> noEngine =
            flag(
                    "Copy files by plain calls of the command's own threads, as cp does; streams"
                            + " still go through an engine.",
                    "--no-engine");

    private final Argument<Integer> channels =
            option(
                    int.class,
                    "N",
                    4,
                    "Channels, half of them for reading (default: ${DEFAULT-VALUE}).",
                    "--channels");

    private final Argument<Integer> buffers =
            option(
                    int.class,
                    "N",
                    8,
                    "Buffers, so the most blocks in flight (default: ${DEFAULT-VALUE}).",
                    "--buffers");

    private final Argument<@Nullable Size> blockSize =
            size(
                    null,
                    "Bytes per block, as 64K or 4M (default: 256K, and 1M past the page cache).",
                    "--block-size");

    private final Argument<Size> limit =
            size(
                    new Size(0),
                    "At most so many bytes a second, as 10M (default: no limit).",
                    "--limit");

    boolean isRecursive() {
        return recursive.value() || archive.value();
    }

    boolean isArchive() {
        return archive.value();
    }

    boolean isVerify() {
        return verify.value();
    }

    boolean isResume() {
        return resume.value();
    }

    /** Whether a target gets its name only when it is on disk. */
    boolean isSync() {
        return !noSync.value();
    }

    long limitBytesPerSecond() {
        return limit.value().bytes();
    }

    /** Whether files go through an engine, as streams always do. */
    boolean isByEngine() {
        return !noEngine.value();
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
        return inRange("--channels", channels.value(), 2, 64);
    }

    int buffers() {
        return inRange("--buffers", buffers.value(), 1, 256);
    }

    /** Bytes per block. */
    BlockSizes blocks() {
        Size given = blockSize.value();
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
