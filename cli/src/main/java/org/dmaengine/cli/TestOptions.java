package org.dmaengine.cli;

import picocli.CommandLine.Option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What dmatest takes as module parameters, under the same names, and what goes beyond it. */
final class TestOptions {
    private static final long SECONDS_DEFAULT = 10;

    @Option(
            names = "--test-buf-size",
            paramLabel = "SIZE",
            defaultValue = "16K",
            converter = Size.Converter.class,
            description = "Size of the memory buffers (default: ${DEFAULT-VALUE}).")
    private Size bufferSize = new Size(16 << 10);

    @Option(
            names = "--channels",
            paramLabel = "N",
            defaultValue = "2",
            description = "Channels to test at once (default: ${DEFAULT-VALUE}).")
    private int channels = 2;

    @Option(
            names = "--threads-per-chan",
            paramLabel = "N",
            defaultValue = "1",
            description = "Threads to start per channel (default: ${DEFAULT-VALUE}).")
    private int threadsPerChannel = 1;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Rounds of each thread in each class; default: as time allows.")
    private long iterations;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Time for all classes (default: 10, without --iterations).")
    private long seconds;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            defaultValue = "3000",
            description = "Longest wait for one transfer, in ms (default: ${DEFAULT-VALUE}).")
    private long timeoutMillis = 3000;

    @Option(names = "--noverify", description = "Do not look at the data.")
    private boolean noVerify;

    @Option(names = "--norandom", description = "Whole buffers from offset 0.")
    private boolean noRandom;

    @Option(
            names = "--alignment",
            paramLabel = "BITS",
            defaultValue = "-1",
            description = "Align to 2^BITS bytes; -1: as the engine asks.")
    private int alignmentBits = -1;

    @Option(
            names = "--transfer-size",
            paramLabel = "SIZE",
            defaultValue = "0",
            converter = Size.Converter.class,
            description = "Size of each transfer; 0: random.")
    private Size transferSize = new Size(0);

    @Option(names = "--polled", description = "Ask for the completion, do not wait for it.")
    private boolean polled;

    @Option(
            names = "--xor-sources",
            paramLabel = "N",
            description = "Refused: the engines have no xor.")
    private int xorSources;

    @Option(
            names = "--pq-sources",
            paramLabel = "N",
            description = "Refused: the engines have no pq.")
    private int pqSources;

    @Option(
            names = "--only",
            paramLabel = "CLASS",
            split = ",",
            description = "Only these of: ${COMPLETION-CANDIDATES}.")
    private List<TrialKind> only = List.of();

    @Option(
            names = "--folder",
            paramLabel = "PATH",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "Where files to test with are made (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all that is random.")
    private long seed = System.nanoTime() & Integer.MAX_VALUE;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell of each test that passed, too.")
    private boolean verbose;

    /** Refuses what makes no sense, or what no engine can do. */
    void check() {
        if (xorSources != 0 || pqSources != 0) {
            throw new UsageFailure(
                    "xor and pq are not among the operations of these engines (see './dmaengine"
                            + " engines'); leave --xor-sources and --pq-sources out");
        }
        if (bufferSize.bytes() < 1 || bufferSize.bytes() > 1 << 30) {
            throw new UsageFailure("--test-buf-size must be from 1 to 1G");
        }
        if (transferSize.bytes() > bufferSize.bytes()) {
            throw new UsageFailure("--transfer-size must not be greater than --test-buf-size");
        }
        if (alignmentBits < -1 || 1L << Math.max(0, alignmentBits) > bufferSize.bytes()) {
            throw new UsageFailure("--alignment must be -1, or 2^BITS within the buffer");
        }
        if (channels < 1 || threadsPerChannel < 1 || timeoutMillis < 1) {
            throw new UsageFailure("--channels, --threads-per-chan and --timeout start at 1");
        }
        if (!Files.isDirectory(folder)) {
            throw new UsageFailure("--folder must be a folder, and " + folder + " is none");
        }
        if (iterations < 0 || seconds < 0) {
            throw new UsageFailure("--iterations and --seconds must not be negative");
        }
    }

    long bufferBytes() {
        return bufferSize.bytes();
    }

    int channels() {
        return channels;
    }

    int threadsPerChannel() {
        return threadsPerChannel;
    }

    /** {@link Long#MAX_VALUE} where only the time counts. */
    long iterations() {
        return iterations == 0 ? Long.MAX_VALUE : iterations;
    }

    /** {@link Long#MAX_VALUE} where only the rounds count. */
    Duration time() {
        if (seconds > 0) {
            return Duration.ofSeconds(seconds);
        }
        return Duration.ofSeconds(
                iterations > 0 ? Long.MAX_VALUE / 1_000_000_000 : SECONDS_DEFAULT);
    }

    Duration timeout() {
        return Duration.ofMillis(timeoutMillis);
    }

    boolean isVerified() {
        return !noVerify;
    }

    boolean isRandom() {
        return !noRandom;
    }

    /** What offsets and lengths are multiples of. */
    long alignBytes(int engineBytes) {
        return alignmentBits < 0 ? engineBytes : Math.max(1L << alignmentBits, engineBytes);
    }

    long transferBytes() {
        return transferSize.bytes();
    }

    boolean isPolled() {
        return polled;
    }

    Set<TrialKind> kinds() {
        return only.isEmpty() ? EnumSet.allOf(TrialKind.class) : EnumSet.copyOf(only);
    }

    Path folder() {
        return folder;
    }

    long seed() {
        return seed;
    }

    boolean isVerbose() {
        return verbose;
    }

    /** A command line with the same random choices for one class. */
    String repeat(String engine, TrialKind kind, long rounds) {
        StringBuilder line = new StringBuilder("./dmaengine test");
        line.append(engine.isEmpty() ? "" : " --engine " + engine)
                .append(" --only ")
                .append(kind)
                .append(" --seed ")
                .append(seed)
                .append(" --iterations ")
                .append(rounds)
                .append(" --channels ")
                .append(channels)
                .append(" --threads-per-chan ")
                .append(threadsPerChannel)
                .append(" --test-buf-size ")
                .append(bufferSize.bytes())
                .append(" --transfer-size ")
                .append(transferSize.bytes())
                .append(" --alignment ")
                .append(alignmentBits)
                .append(" --timeout ")
                .append(timeoutMillis)
                .append(" --folder ")
                .append(folder)
                .append(noVerify ? " --noverify" : "")
                .append(noRandom ? " --norandom" : "")
                .append(polled ? " --polled" : "");
        return line.toString();
    }
}
