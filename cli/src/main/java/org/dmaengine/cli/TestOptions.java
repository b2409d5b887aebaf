package org.dmaengine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What dmatest takes as module parameters, under the same names, and what goes beyond it. */
final class TestOptions extends Arguments {
    private static final long SECONDS_DEFAULT = 10;

    // Beyond each of them is a slip of the finger.
    private static final long SECONDS_MAX = 365L * 24 * 60 * 60;
    private static final long TIMEOUT_MILLIS_MAX = 24L * 60 * 60 * 1000;
    private static final int THREADS_MAX = 10_000;

    private final Argument<Size> bufferSize =
            size(
                    new Size(16 << 10),
                    "Size of the memory buffers (default: 16K).",
                    "--test-buf-size");

    private final Argument<Integer> channels =
            option(
                    int.class,
                    "N",
                    2,
                    "Channels to test at once (default: ${DEFAULT-VALUE}).",
                    "--channels");

    private final Argument<Integer> threadsPerChannel =
            option(
                    int.class,
                    "N",
                    1,
                    "Threads to start per channel (default: ${DEFAULT-VALUE}).",
                    "--threads-per-chan");

    private final Argument<Long> iterations =
            option(
                    long.class,
                    "N",
                    0L,
                    "Rounds of each thread in each class; default: as time allows.",
                    "--iterations");

    private final Argument<Long> seconds =
            option(
                    long.class,
                    "N",
                    0L,
                    "Time for all classes (default: 10, without --iterations).",
                    "--seconds");

    private final Argument<Long> timeoutMillis =
            option(
                    long.class,
                    "MS",
                    3000L,
                    "Longest wait for one transfer, in ms (default: ${DEFAULT-VALUE}).",
                    "--timeout");

    private final Argument<Boolean> noVerify = flag("Do not look at the data.", "--noverify");

    private final Argument<Boolean> noRandom = flag("Whole buffers from offset 0.", "--norandom");

    private final Argument<Integer> alignmentBits =
            option(
                    int.class,
                    "BITS",
                    -1,
                    "Align to 2^BITS bytes; -1: as the engine asks.",
                    "--alignment");

    private final Argument<Size> transferSize =
            size(new Size(0), "Size of each transfer; 0: random.", "--transfer-size");

    private final Argument<Boolean> polled =
            flag("Ask for the completion, do not wait for it.", "--polled");

    private final Argument<Integer> xorSources =
            option(int.class, "N", 0, "Refused: the engines have no xor.", "--xor-sources");

    private final Argument<Integer> pqSources =
            option(int.class, "N", 0, "Refused: the engines have no pq.", "--pq-sources");

    private final Argument<List<TrialKind>> only =
            list(TrialKind.class, "CLASS", "Only these of: ${COMPLETION-CANDIDATES}.", "--only");

    private final Argument<Path> folder =
            option(
                    Path.class,
                    "PATH",
                    Path.of(System.getProperty("java.io.tmpdir")),
                    "Where files to test with are made (default: ${DEFAULT-VALUE}).",
                    "--folder");

    private final Argument<Long> seed =
            option(
                    long.class,
                    "N",
                    System.nanoTime() & Integer.MAX_VALUE,
                    "Seed of all that is random.",
                    "--seed");

    private final Argument<Boolean> verbose =
            flag("Tell of each test that passed, too.", "-v", "--verbose");

    /** Refuses what makes no sense, or what no engine can do. */
    void check() {
        if (xorSources.value() != 0 || pqSources.value() != 0) {
            throw new UsageFailure(
                    "xor and pq are not among the operations of these engines (see './dmaengine"
                            + " engines'); leave --xor-sources and --pq-sources out");
        }
        if (bufferSize.value().bytes() < 1 || bufferSize.value().bytes() > 1 << 30) {
            throw new UsageFailure("--test-buf-size must be from 1 to 1G");
        }
        if (transferSize.value().bytes() > bufferSize.value().bytes()) {
            throw new UsageFailure("--transfer-size must not be greater than --test-buf-size");
        }
        if (alignmentBits.value() < -1
                || 1L << Math.max(0, alignmentBits.value()) > bufferSize.value().bytes()) {
            throw new UsageFailure("--alignment must be -1, or 2^BITS within the buffer");
        }
        if (channels.value() < 1 || threadsPerChannel.value() < 1 || timeoutMillis.value() < 1) {
            throw new UsageFailure("--channels, --threads-per-chan and --timeout start at 1");
        }
        if (!Files.isDirectory(folder.value())) {
            throw new UsageFailure("--folder must be a folder, and " + folder.value() + " is none");
        }
        if (timeoutMillis.value() > TIMEOUT_MILLIS_MAX || seconds.value() > SECONDS_MAX) {
            throw new UsageFailure(
                    "--timeout must be at most %d, a day, and --seconds at most %d, a year"
                            .formatted(TIMEOUT_MILLIS_MAX, SECONDS_MAX));
        }
        if ((long) channels.value() * threadsPerChannel.value() > THREADS_MAX) {
            throw new UsageFailure(
                    "--channels times --threads-per-chan must be at most "
                            + THREADS_MAX
                            + ": each is a thread");
        }
        if (iterations.value() < 0 || seconds.value() < 0) {
            throw new UsageFailure("--iterations and --seconds must not be negative");
        }
    }

    long bufferBytes() {
        return bufferSize.value().bytes();
    }

    int channels() {
        return channels.value();
    }

    int threadsPerChannel() {
        return threadsPerChannel.value();
    }

    /** {@link Long#MAX_VALUE} where only the time counts. */
    long iterations() {
        return iterations.value() == 0 ? Long.MAX_VALUE : iterations.value();
    }

    /** {@link Long#MAX_VALUE} where only the rounds count. */
    Duration time() {
        if (seconds.value() > 0) {
            return Duration.ofSeconds(seconds.value());
        }
        return Duration.ofSeconds(
                iterations.value() > 0 ? Long.MAX_VALUE / 1_000_000_000 : SECONDS_DEFAULT);
    }

    Duration timeout() {
        return Duration.ofMillis(timeoutMillis.value());
    }

    boolean isVerified() {
        return !noVerify.value();
    }

    boolean isRandom() {
        return !noRandom.value();
    }

    /** What offsets and lengths are multiples of. */
    long alignBytes(int engineBytes) {
        return alignmentBits.value() < 0
                ? engineBytes
                : Math.max(1L << alignmentBits.value(), engineBytes);
    }

    long transferBytes() {
        return transferSize.value().bytes();
    }

    boolean isPolled() {
        return polled.value();
    }

    Set<TrialKind> kinds() {
        return only.value().isEmpty()
                ? EnumSet.allOf(TrialKind.class)
                : EnumSet.copyOf(only.value());
    }

    Path folder() {
        return folder.value();
    }

    long seed() {
        return seed.value();
    }

    boolean isVerbose() {
        return verbose.value();
    }

    /** A command line with the same random choices for one class. */
    String repeat(String engine, TrialKind kind, long rounds) {
        StringBuilder line = new StringBuilder("./dmaengine test");
        line.append(engine.isEmpty() ? "" : " --engine " + engine)
                .append(" --only ")
                .append(kind)
                .append(" --seed ")
                .append(seed.value())
                .append(" --iterations ")
                .append(rounds)
                .append(" --channels ")
                .append(channels.value())
                .append(" --threads-per-chan ")
                .append(threadsPerChannel.value())
                .append(" --test-buf-size ")
                .append(bufferSize.value().bytes())
                .append(" --transfer-size ")
                .append(transferSize.value().bytes())
                .append(" --alignment ")
                .append(alignmentBits.value())
                .append(" --timeout ")
                .append(timeoutMillis.value())
                .append(" --folder ")
                .append(folder.value())
                .append(noVerify.value() ? " --noverify" : "")
                .append(noRandom.value() ? " --norandom" : "")
                .append(polled.value() ? " --polled" : "");
        return line.toString();
    }
}
