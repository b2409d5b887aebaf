package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.cli.SabotagedEngine.Sabotage;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineProvider.Probe;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The classes of tests that work on peripherals: an honest engine passes them, others do not. */
class PeripheralTrialsTest {
    private static final long DEADLINE_NANOS = 30_000_000_000L;
    private static final Pattern SUMMARY = Pattern.compile("summary (\\d+) tests");

    @TempDir private Path folder;

    private record Run(boolean passed, TestTally tally, String log) {}

    @ParameterizedTest
    @CsvSource({
        "cpu, file",
        "cpu, direct",
        "cpu, pipe",
        "cpu, socket",
        "cpu, cyclic",
        "cpu, pause",
        "cpu, terminate",
        "io_uring, file",
        "io_uring, direct",
        "io_uring, pipe",
        "io_uring, socket",
        "io_uring, cyclic",
        "io_uring, pause",
        "io_uring, terminate",
        "sim, file",
        "sim, pipe",
        "sim, terminate"
    })
    @DisplayName("an honest engine passes, and no file is left over")
    void shouldPassHonestEngine(String engine, TrialKind kind) throws IOException {
        Run run = run(SabotagedEngine.honest(engine), kind, 20_000, 30);

        assertThat(run.passed).as(run.log).isTrue();
        assertThat(run.tally.tests()).isGreaterThanOrEqualTo(60);
        assertThat(testsToldIn(run.log)).isEqualTo(run.tally.tests());
        assertThat(run.tally.lateWrites()).isZero();
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "interleaved, SPOILS_SOURCE, data error: source",
        "file, CHANGES_BYTE, data error",
        "file, DROPS_BYTE, data error",
        "file, WRITES_FILE_LATE, '(late write: the file|data error)'",
        "file, SWAPS_SEGMENTS, data error",
        "file, MISSES_OFFSET, data error",
        "file, ROUNDS_UP, outcome error",
        "file, WRITES_LATE, late write",
        "direct, CHANGES_BYTE, data error",
        "direct, SWAPS_SEGMENTS, data error",
        "direct, MISSES_OFFSET, data error",
        "direct, ROUNDS_UP, outcome error",
        "direct, WRITES_LATE, late write",
        "pipe, CHANGES_BYTE, data error",
        "pipe, DROPS_BYTE, '(data error|timed out)'",
        "pipe, SWAPS_SEGMENTS, data error",
        "pipe, ROUNDS_UP, data error",
        "pipe, HIDES_FAILURE, nobody reads any more",
        "pipe, WRITES_LATE, late write",
        "socket, CHANGES_BYTE, data error",
        "socket, DROPS_BYTE, '(data error|timed out)'",
        "socket, SWAPS_SEGMENTS, data error",
        "socket, ROUNDS_UP, data error",
        "socket, HIDES_FAILURE, '(data error|nobody reads any more)'",
        "socket, WRITES_LATE, late write",
        "cyclic, FORGETS_PART, are still in the pipe",
        "cyclic, CHANGES_PART, wrong byte",
        "pause, IGNORES_PAUSE, a paused channel",
        "pause, FORGETS_BYTES, '(data error|were sent|were told as written)'",
        "terminate, FORGETS_BYTES, '(data error|were sent|were told as written)'",
        "terminate, WRITES_LATE, '(late write|was overwritten|copied to, and should not)'",
        "terminate, ENDS_AT_ABORT, '(late write|data error|were sent|were told as written)'"
    })
    @DisplayName("an engine that does one thing wrong does not pass")
    void shouldFindSabotage(TrialKind kind, Sabotage sabotage, String words) {
        // A lost byte may be waited for in vain; nothing else should look like it on a slow
        // machine.
        int timeoutMillis = words.contains("timed out") ? 1_000 : 20_000;
        for (String engine : new String[] {"cpu", "io_uring"}) {
            EngineProvider honest = SabotagedEngine.honest(engine);
            if (honest.probe() instanceof Probe.Available(var can)
                    && can.capabilities().containsAll(kind.capabilities())) {
                Run run = run(new SabotagedEngine(honest, sabotage), kind, timeoutMillis, 3_000);

                assertThat(run.passed).as(engine).isFalse();
                assertThat(run.log).as(engine).containsPattern(words);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "terminate"})
    @DisplayName("P5: an engine that is still inside a call with memory of its ends does not pass")
    void shouldNotPassWhileMemoryIsInUse(TrialKind kind) {
        Run run =
                run(
                        new SabotagedEngine(SabotagedEngine.honest("cpu"), Sabotage.KEEPS_MEMORY),
                        kind,
                        20_000,
                        30);

        assertThat(run.passed).isFalse();
        assertThat(run.tally.failures()).isPositive();
        assertThat(run.log).contains("memory is in use").containsPattern("summary .* 1 failures");
    }

    @ParameterizedTest
    @ValueSource(strings = {"memcpy", "file", "pause"})
    @DisplayName("each thread does a round, also where the classes before took all the time")
    void shouldDoOneRoundAfterTheDeadline(TrialKind kind) {
        Run run = run(SabotagedEngine.honest("cpu"), kind, 20_000, 1_000, -1);

        assertThat(run.passed).as(run.log).isTrue();
        assertThat(run.tally.tests()).isGreaterThanOrEqualTo(2);
    }

    @Test
    @DisplayName("a failure that is told as whole is found also where data are not looked at")
    void shouldLookAtOutcomesWithoutData() {
        Run run =
                run(
                        new SabotagedEngine(SabotagedEngine.honest("cpu"), Sabotage.HIDES_FAILURE),
                        TrialKind.pipe,
                        20_000,
                        300,
                        DEADLINE_NANOS,
                        "--noverify");

        assertThat(run.passed).isFalse();
        assertThat(run.log).contains("nobody reads any more");
    }

    /** Of all threads together. */
    private static long testsToldIn(String log) {
        return SUMMARY.matcher(log)
                .results()
                .mapToLong(summary -> Long.parseLong(summary.group(1)))
                .sum();
    }

    private Run run(EngineProvider provider, TrialKind kind, int timeoutMillis, int rounds) {
        return run(provider, kind, timeoutMillis, rounds, DEADLINE_NANOS);
    }

    private Run run(
            EngineProvider provider,
            TrialKind kind,
            int timeoutMillis,
            int rounds,
            long nanosLeft,
            String... more) {
        assumeTrue(
                provider.probe() instanceof Probe.Available,
                () -> provider.name() + ": " + provider.probe());
        TestOptions options = new TestOptions();
        CommandSpec command = CommandSpec.create();
        options.addTo(command);
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--seed=5");
        arguments.add("--timeout=" + timeoutMillis);
        arguments.add("--folder=" + folder);
        arguments.add("--iterations=" + rounds);
        new CommandLine(command).parseArgs(arguments.toArray(String[]::new));
        TestTally tally = new TestTally();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TestLog log = new TestLog(new PrintStream(bytes, true, UTF_8), false);
        try (DmaEngine engine =
                DmaEngines.open(
                        provider, EngineOptions.defaults().withFaults(fault -> tally.failure()))) {
            var refusal = kind.refusal(engine, options);
            assumeTrue(refusal.isEmpty(), refusal::toString);
            boolean passed =
                    new TestRun(
                                    kind,
                                    engine,
                                    options,
                                    tally,
                                    new Interruption(),
                                    log,
                                    System.nanoTime() + nanosLeft)
                            .run();
            return new Run(passed, tally, bytes.toString(UTF_8));
        }
    }
}
