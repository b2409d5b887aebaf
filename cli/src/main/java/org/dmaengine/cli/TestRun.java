package org.dmaengine.cli;

import static java.util.Objects.requireNonNull;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaException;
import org.dmaengine.EngineLostException;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One class of tests: its channels and threads, until its time or rounds are over, or one fails.
 */
final class TestRun {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final TrialKind kind;
    private final DmaEngine engine;
    private final TestOptions options;
    private final TestTally tally;
    private final Interruption interruption;
    private final long deadlineNanos;
    private final TestLog log;
    // Set by the first thread that finds something wrong; ends the others.
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong roundsMost = new AtomicLong();

    TestRun(
            TrialKind kind,
            DmaEngine engine,
            TestOptions options,
            TestTally tally,
            Interruption interruption,
            TestLog log,
            long deadlineNanos) {
        this.kind = kind;
        this.engine = engine;
        this.options = options;
        this.tally = tally;
        this.interruption = interruption;
        this.log = log;
        this.deadlineNanos = deadlineNanos;
    }

    /** True if all went well. */
    boolean run() {
        List<DmaChannel> channels = new ArrayList<>();
        ThreadFactory threads = Thread.ofPlatform().name("test-" + kind + "-", 0).factory();
        // Its close waits for all of them: the counts are not whole before.
        try (ExecutorService workers = Executors.newThreadPerTaskExecutor(threads)) {
            for (int i = 0; i < options.channels(); i++) {
                DmaChannel channel = engine.requestChannel(request(i));
                channels.add(channel);
                int count = kind.isShared() ? options.threadsPerChannel() : 1;
                for (int j = 0; j < count; j++) {
                    String name = "%s-%s%d".formatted(channel.name(), kind, j);
                    long number = (long) i * count + j;
                    workers.execute(() -> work(name, channel, number));
                }
            }
        }
        close(channels);
        return !failed.get() && tally.failures() == 0;
    }

    /** The most rounds that one thread did; enough to come to the failure again. */
    long roundsMost() {
        return roundsMost.get();
    }

    private ChannelRequest request(int index) {
        Set<Capability> wanted = new HashSet<>(kind.capabilities());
        // Whatever moves bytes is moved where it is stopped or held.
        for (LoadKind load : LoadKind.all(engine, options.folder())) {
            wanted.add(load.capability());
        }
        return ChannelRequest.of(wanted.toArray(Capability[]::new))
                .withName(engine.name() + "-chan" + index);
    }

    private void work(String name, DmaChannel channel, long number) {
        SplittableRandom random =
                new SplittableRandom(options.seed() * 31 + kind.name().hashCode()).split();
        for (long i = 0; i < number; i++) {
            random = random.split();
        }
        long begun = System.nanoTime();
        long rounds = 0;
        TestTally own = new TestTally();
        long failures = 0;
        // Closed only when all went well: after a failure transfers may still own its memory.
        DmaArena arena = DmaArena.open();
        try {
            Trial trial = kind.open(new TestBench(channel, arena, random, options, own));
            while (!isOver(rounds)) {
                rounds++;
                trial.round();
                log.passed(name, rounds);
            }
            trial.finish();
            closeArena(channel, arena);
        } catch (TestFailure wrong) {
            failures++;
            failed();
            log.failed(name, rounds, wrong);
        } catch (UncheckedIOException ofTheTest) {
            failures++;
            failed();
            log.failed(name, rounds, new TestFailure(ownFiles(ofTheTest)));
        } catch (RuntimeException | Error unforeseen) {
            failures++;
            failed();
            log.failed(name, rounds, new TestFailure("unexpected: " + trace(unforeseen)));
        }
        roundsMost.accumulateAndGet(rounds, Math::max);
        double seconds = (double) (System.nanoTime() - begun) / SECOND_NANOS;
        log.summary(name, own.tests(), failures, seconds, own.bytes());
        tally.add(own);
    }

    private void closeArena(DmaChannel channel, DmaArena arena) {
        if (!kind.isShared()) {
            // Threads of shared kinds have awaited all of theirs, and must not stop the others'.
            quiesce(channel);
        }
        try {
            arena.close();
        } catch (DmaException | IllegalStateException refused) {
            throw new TestFailure(
                    "its transfers are over, and its memory is in use (P5): "
                            + refused.getMessage());
        }
    }

    private void quiesce(DmaChannel channel) {
        if (!channel.terminateSync(options.timeout()).isQuiesced()) {
            throw new TestFailure("not quiet after " + options.timeout());
        }
    }

    /** Not the engine's failure, but of the files and sockets that the test itself works with. */
    private String ownFiles(UncheckedIOException problem) {
        String doing = "the test itself, with its files in " + options.folder();
        return FileProblem.of(doing, requireNonNull(problem.getCause())).line();
    }

    private static String trace(Throwable unforeseen) {
        StackTraceElement[] trace = unforeseen.getStackTrace();
        return unforeseen + (trace.length == 0 ? "" : " at " + trace[0]);
    }

    private void failed() {
        tally.failure();
        failed.set(true);
    }

    private boolean isOver(long rounds) {
        if (failed.get() || interruption.isRequested()) {
            return true;
        }
        // One at least, however little time the classes before it have left.
        return rounds > 0
                && (rounds >= options.iterations() || System.nanoTime() - deadlineNanos >= 0);
    }

    private void close(List<DmaChannel> channels) {
        for (DmaChannel channel : channels) {
            Optional<String> lost = close(channel);
            if (lost.isPresent()) {
                failed();
                log.failed(channel.name(), 0, new TestFailure(lost.get()));
            }
        }
    }

    private Optional<String> close(DmaChannel channel) {
        try {
            return channel.close(options.timeout()).isQuiesced()
                    ? Optional.empty()
                    : Optional.of("close: not quiet after " + options.timeout());
        } catch (EngineLostException lost) {
            return Optional.of("close: " + lost.getMessage());
        }
    }
}
