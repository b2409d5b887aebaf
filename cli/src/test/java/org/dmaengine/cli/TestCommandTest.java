package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dmaengine.DmaEngines;
import org.dmaengine.cli.SabotagedEngine.Sabotage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The test command, tested. */
class TestCommandTest {
    @Test
    void shouldPassAndCount() throws IOException {
        Cli.Result result = Cli.run("test", "--seconds", "3", "--seed", "7", "--json");

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json())
                .containsEntry("engine", "cpu")
                .containsEntry("seed", 7)
                .containsEntry("failures", 0)
                .containsEntry("lateWrites", 0)
                .containsKeys("seconds", "bytes");
        assertThat((int) result.json().get("tests")).isPositive();
        assertThat((int) result.json().get("terminations")).isPositive();
        assertThat(result.err())
                .containsPattern("dmatest: cpu-chan\\d-terminate0: summary \\d+ tests, 0 failures")
                .containsPattern("iops \\d+ KB/s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--threads-per-chan 3 --channels 1 --only memcpy,memset",
                "--noverify --norandom --polled --only memcpy",
                "--test-buf-size 1 --only memcpy,memset,interleaved,terminate",
                "--transfer-size 100 --alignment 2 --test-buf-size 4K --only memcpy",
                "--engine cpu:mode=inline --only memcpy,terminate",
                "--norandom --polled --only file,direct,pipe,socket",
                "--noverify --test-buf-size 1 --only file,direct,pipe,socket,pause",
                "--transfer-size 3K --threads-per-chan 2 --only file,pipe --verbose"
            })
    void shouldPassWithTheParametersOfDmatest(String options) {
        String[] arguments = ("test --iterations 50 --seed 3 " + options).split(" ", -1);

        assertThat(Main.run(new Interruption(), arguments)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seconds 9999999999",
                "--timeout 9223372036854775807",
                "--channels 1000000",
                "--channels 2147483647 --threads-per-chan 2147483647"
            })
    void shouldRefuseWhatNobodyCanMean(String options) throws IOException {
        Cli.Result result = Cli.run(("test " + options).split(" ", -1));

        assertThat(result.code()).as(result.toString()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("must be at most", options.split(" ", 2)[0]);
    }

    @Test
    void shouldSayWhatItSkippedAndWhy() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/proc")), "there is no /proc, where no file is made");
        Cli.Result result =
                Cli.run(
                        "test --only memcpy,file --folder /proc --iterations 5 --json"
                                .split(" ", -1));

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json())
                .containsEntry("engine", "cpu")
                .containsEntry("classes", Map.of("memcpy", 10));
        assertThat(result.json().get("skipped").toString()).startsWith("{file=no files in /proc");
        assertThat(result.err()).contains("skipped file: no files in /proc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--engine io_uring --only memcpy",
                "--only interleaved --test-buf-size 1",
                "--only interleaved --test-buf-size 64 --engine cpu --alignment 6"
            })
    void shouldFailIfItTestedNothing(String options) throws IOException {
        assumeTrue(!options.contains("io_uring") || isAvailable("io_uring"), "no io_uring to open");
        Cli.Result result = Cli.run(("test --iterations 5 --json " + options).split(" ", -1));

        assertThat(result.code()).as(result.toString()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("dmaengine: skipped ", "nothing was tested");
        assertThat(result.json()).containsEntry("tests", 0).containsEntry("classes", Map.of());
    }

    private static boolean isAvailable(String engine) {
        return DmaEngines.list().stream()
                .anyMatch(each -> each.name().equals(engine) && each.isAvailable());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "3", "100", "16K"})
    @DisplayName("a round of strided copies is a test, however small the buffer")
    void shouldTestInEachRound(String bufferSize) throws IOException {
        Cli.Result result =
                Cli.run(
                        ("test --only interleaved --iterations 50 --json --test-buf-size "
                                        + bufferSize)
                                .split(" ", -1));

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json()).containsEntry("classes", Map.of("interleaved", 100));
    }

    @Test
    void shouldNameClassesThatDidNoTest() {
        assertThat(TestCommand.lacking(Map.of("memcpy", 1L, "file", 2L))).isEmpty();
        assertThat(TestCommand.lacking(Map.of("memcpy", 1L, "file", 0L)).orElseThrow())
                .contains("too short to prove anything", "[file]", "--iterations");
        assertThat(TestCommand.lacking(Map.of()).orElseThrow()).contains("nothing was tested");
    }

    @Test
    void shouldRefuseFolderThatIsNone() throws IOException {
        Cli.Result result = Cli.run("test", "--folder", "/nowhere/at/all");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--folder", "/nowhere/at/all");
    }

    @Test
    @DisplayName("a fault that comes as late as the engine's close is a failure")
    void shouldFailByFaultAtClose() {
        Result result = run(Sabotage.THROWS_AT_CLOSE, "--only=memcpy", "--iterations=5", "--json");

        assertThat(result.code).isEqualTo(ExitCode.FAILED);
        assertThat(Json.parse(result.out.strip()).orElseThrow())
                .containsEntry("tests", 10)
                .containsEntry("failures", 1);
    }

    @Test
    @DisplayName("a thread that ends by an exception is a failure, whoever started it")
    void shouldFailByUncaughtException() {
        Result result = run(Sabotage.LOSES_THREAD, "--only=file", "--iterations=5", "--json");

        assertThat(result.code).isEqualTo(ExitCode.FAILED);
        assertThat((int) Json.parse(result.out.strip()).orElseThrow().get("failures")).isPositive();
    }

    @Test
    void shouldStopOnSignal() throws IOException {
        try (Cli cli = Cli.start("test", "--seconds", "600", "--json", "--verbose")) {
            // It runs once it tells of its tests.
            cli.awaitError("test passed");
            cli.signal("TERM");
            Cli.Result result = cli.await();

            assertThat(result.code()).isEqualTo(130);
            assertThat(result.json()).containsEntry("interrupted", true);
        }
    }

    private record Result(int code, String out) {}

    /** In this process, with engine {@code cpu} sabotaged. */
    private static Result run(Sabotage sabotage, String... arguments) {
        var provider = new SabotagedEngine(SabotagedEngine.honest("cpu"), sabotage);
        TestCommand command =
                new TestCommand(new Interruption(), (base, _) -> DmaEngines.open(provider, base));
        PrintStream console = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(bytes, true, UTF_8)) {
            System.setOut(capture);
            int code = new CommandLine(command.spec()).execute(arguments);
            return new Result(code, bytes.toString(UTF_8));
        } finally {
            System.setOut(console);
        }
    }
}
