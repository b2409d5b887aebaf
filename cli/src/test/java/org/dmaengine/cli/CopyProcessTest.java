package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Copies by the command line as a process: streams, signals, crashes, full disks. */
class CopyProcessTest {
    /** Its watchdog gives up what it begins before it has begun. */
    private static final String LOST =
            "--engine=sim:latencyNanos=3600000000000,watchdogNanos=1000000";

    private static final long BYTES = 200L << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path folder;

    private final long seed = System.nanoTime() & 0xffff;

    @Test
    void shouldCopyFromStandardInput() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3_333_333, 1);
        Path target = folder.resolve("target");
        try (Cli cli = Cli.start("copy", "-", target.toString(), "--verify", "--json")) {
            try (OutputStream input = cli.input()) {
                Files.copy(source, input);
            }
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isZero();
            assertThat(result.json())
                    .containsEntry("verified", true)
                    .containsEntry("bytes", 3_333_333);
        }
        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldCopyToStandardOutputAndTellOnStandardError() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3_333_333, 2);

        Cli.Result result = Cli.run("copy", source.toString(), "-", "--json");

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.bytes()).isEqualTo(Files.readAllBytes(source));
        assertThat(Json.parse(result.err().strip()))
                .hasValueSatisfying(json -> assertThat(json).containsEntry("bytes", 3_333_333));
    }

    @Test
    void shouldCopyFromStandardInputToStandardOutput() throws IOException {
        byte[] bytes = new byte[777_777];
        new SplittableRandom(3).nextBytes(bytes);
        try (Cli cli = Cli.start("copy", "-", "-")) {
            try (OutputStream input = cli.input()) {
                input.write(bytes);
            }
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isZero();
            assertThat(result.bytes()).isEqualTo(bytes);
        }
    }

    @Test
    void shouldNotDropAsALeftOverWhatStandardInputIs() throws Exception {
        Path target = folder.resolve("target");
        Path source = Files.writeString(Siblings.partial(target), "precious");
        assumeTrue(Files.exists(Path.of("/dev/stdin")), "no /dev/stdin");

        try (Cli cli =
                Cli.start(
                        ProcessBuilder.Redirect.from(source.toFile()),
                        ProcessBuilder.Redirect.PIPE,
                        "copy",
                        "-",
                        target.toString())) {
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err()).contains(source.toString()).contains("rename it first");
        }
        assertThat(source).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("as cat does: it would read what it has written, until the disk is full")
    void shouldRefuseToAppendAFileToItself(boolean named) throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "once");
        assumeTrue(Files.exists(Path.of("/dev/stdout")), "no /dev/stdout");

        try (Cli cli =
                Cli.start(
                        ProcessBuilder.Redirect.from(source.toFile()),
                        ProcessBuilder.Redirect.appendTo(source.toFile()),
                        "copy",
                        named ? source.toString() : "-",
                        "-")) {
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err()).contains("is the file that standard output goes to");
        }
        assertThat(source).hasContent("once");
    }

    @Test
    void shouldCopyFromFifo() throws Exception {
        Path fifo = folder.resolve("fifo");
        assumeTrue(
                new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "no mkfifo");
        Path target = folder.resolve("target");
        try (Cli cli = Cli.start("copy", fifo.toString(), target.toString())) {
            Files.writeString(fifo, "through a fifo");

            assertThat(cli.await().code()).isZero();
        }
        assertThat(target).hasContent("through a fifo");
    }

    @ParameterizedTest
    @CsvSource({"INT, --no-engine", "TERM, --buffers=8"})
    @DisplayName("stops orderly, whether its own thread copies or an engine")
    void shouldStopOrderlyOnSignalAndResume(String signal, String option) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), BYTES, seed);
        Path target = folder.resolve("target");
        try (Cli cli = slowCopy(source, target, "--json", option)) {
            awaitProgress(cli, target);
            cli.signal(signal);
            Cli.Result result = cli.await();

            assertThat(result.code()).as("seed %d: %s", seed, result).isEqualTo(130);
            assertThat(target).doesNotExist();
            assertThat(result.err()).contains("nothing is in flight");
            assertThat(result.json())
                    .containsEntry("interrupted", true)
                    .hasEntrySatisfying(
                            "receipt",
                            receipt ->
                                    assertThat((Map<?, ?>) receipt)
                                            .extracting("quiesced")
                                            .isEqualTo(true));
            long safe = ((Number) result.json().get("bytes")).longValue();
            assertThat(safe).isPositive().isLessThan(BYTES);
        }
        requireResumable(source, target);
    }

    @Test
    void shouldResumeAfterKill() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), BYTES, seed);
        Path target = folder.resolve("target");
        try (Cli cli = slowCopy(source, target)) {
            // The first claim of the journal comes after 64 MiB.
            await().atMost(DEADLINE)
                    .until(() ->
                            Files.exists(Siblings.journal(target))
                                    && Files.readString(Siblings.journal(target)).contains("safe"));
            cli.signal("KILL");

            assertThat(cli.await().code()).isEqualTo(137);
        }
        assertThat(target).doesNotExist();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(Siblings.partial(target))))
                .isEqualTo("rw-------");
        requireResumable(source, target);
    }

    @Test
    @DisplayName("a blocked read of standard input does not hold up the end")
    void shouldStopWhileStandardInputIsSilent() throws IOException {
        Path target = folder.resolve("target");
        try (Cli cli = Cli.start("copy", "-", target.toString())) {
            byte[] bytes = new byte[3 << 20];
            new SplittableRandom(seed).nextBytes(bytes);
            cli.input().write(bytes);
            cli.input().flush();
            awaitProgress(cli, target);
            cli.signal("TERM");
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(130);
            assertThat(result.err()).contains("nothing is in flight");
        }
        assertThat(target).doesNotExist();
    }

    @Test
    void shouldLetOneCopyAtATargetOnly() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), BYTES, seed);
        Path target = folder.resolve("target");
        // So slow that it outlives the other's start on any machine.
        try (Cli cli = Cli.start("copy", "--limit=5M", source.toString(), target.toString())) {
            awaitProgress(cli, target);

            Cli.Result second = Cli.run("copy", source.toString(), target.toString());

            assertThat(second.code()).isEqualTo(1);
            assertThat(second.err()).contains("another copy");
            assertThat(cli.isAlive()).isTrue();
            cli.signal("KILL");
            cli.await();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseSourceThatChangesMeanwhile(boolean shrinks) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), BYTES, seed);
        Path target = folder.resolve("target");
        try (Cli cli = slowCopy(source, target)) {
            awaitProgress(cli, target);
            try (FileChannel file = FileChannel.open(source, StandardOpenOption.WRITE)) {
                if (shrinks) {
                    file.truncate(BYTES / 4 * 3);
                } else {
                    file.write(java.nio.ByteBuffer.allocate(1), BYTES);
                }
            }
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err()).contains(source.toString()).contains("changed while");
        }
        assertThat(target).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldTellOfFullDiskAndLeaveNoTarget() throws Exception {
        Path mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                new ProcessBuilder(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=8m",
                                        "none",
                                        mount.toString())
                                .start()
                                .waitFor()
                        == 0,
                "only root can mount a small file system");
        try {
            Path source = TestFiles.random(folder.resolve("source"), 20 << 20, 4);
            Path target = mount.resolve("target");

            Cli.Result result = Cli.run("copy", source.toString(), target.toString(), "--json");

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err())
                    .containsIgnoringCase("no space left")
                    .contains("free some space");
            assertThat(result.json()).containsKey("error");
            assertThat(mount).isEmptyDirectory();
        } finally {
            assertThat(new ProcessBuilder("umount", mount.toString()).start().waitFor()).isZero();
        }
    }

    @Test
    void shouldTellOfFullOrClosedStandardOutput() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3 << 20, 5);
        File full = new File("/dev/full");
        assumeTrue(full.exists(), "no /dev/full");
        try (Cli cli =
                Cli.start(ProcessBuilder.Redirect.to(full), "copy", source.toString(), "-")) {
            Cli.Result result = cli.await();

            assertThat(result.code()).isEqualTo(1);
            assertThat(result.err())
                    .contains("standard output")
                    .containsIgnoringCase("no space left");
        }
    }

    @Test
    void shouldFailIfTheResultCannotBeWritten() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path target = folder.resolve("target");
        File full = new File("/dev/full");
        assumeTrue(full.exists(), "no /dev/full");
        for (String[] arguments :
                List.of(
                        new String[] {"copy", source.toString(), target.toString(), "--json"},
                        new String[] {"engines"},
                        new String[] {"--version"},
                        new String[] {"copy", "--help"},
                        new String[] {"engines", "--json"})) {
            try (Cli cli = Cli.start(ProcessBuilder.Redirect.to(full), arguments)) {
                Cli.Result result = cli.await();

                assertThat(result.code()).as(result.toString()).isEqualTo(1);
                assertThat(result.err()).contains("result to standard output");
            }
        }
        assertThat(target).hasContent("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--engine=cpu", "--no-engine"})
    void shouldTellThatBuffersNeedTooMuchMemory(String option) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 2_000_000, 1);
        Path target = folder.resolve("target");

        try (Cli cli =
                Cli.start(
                        // In KiB, with room for all that a JVM only reserves.
                        List.of("/bin/sh", "-c", "ulimit -v 8000000 && exec \"$@\"", "sh"),
                        ProcessBuilder.Redirect.PIPE,
                        Map.of("JDK_JAVA_OPTIONS", "-Xmx64m -XX:MaxDirectMemorySize=16m"),
                        "copy",
                        option,
                        "--buffers=256",
                        "--block-size=64M",
                        source.toString(),
                        target.toString())) {
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err())
                    .contains("no memory for buffers", "--buffers", "--block-size")
                    .doesNotContain("Exception", "\tat ");
        }
        assertThat(target).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldWriteTheObjectIfTheEngineCannotBeOpened() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path target = folder.resolve("target");

        try (Cli cli =
                Cli.start(
                        ProcessBuilder.Redirect.PIPE,
                        // A system that io_uring is not on.
                        Map.of("JDK_JAVA_OPTIONS", "-Dos.name=Plan9"),
                        "copy",
                        "--json",
                        "--engine=io_uring",
                        source.toString(),
                        target.toString())) {
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.json()).containsKey("error");
        }
        assertThat(target).doesNotExist();
    }

    @Test
    void shouldFailInGoodOrderIfTheEngineIsLost() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3_000_000, seed);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, Files.readAllBytes(source), 1_000_000);

        Cli.Result result =
                Cli.run("copy", "--resume", "--json", LOST, source.toString(), target.toString());

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err())
                .contains("copying " + source)
                .contains("is lost")
                .contains("go on with --resume, or remove " + Siblings.partial(target))
                .hasLineCount(2)
                .doesNotContain("unexpected");
        assertThat(result.json())
                .containsKey("error")
                .extractingByKey("receipt")
                .extracting("quiesced")
                .isEqualTo(false);
        assertThat(target).doesNotExist();
        requireResumable(source, target);
    }

    @Test
    void shouldFailInGoodOrderIfTheEngineOfAStreamOrATreeIsLost() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path source = TestFiles.random(tree.resolve("source"), 3_000_000, seed);
        Files.writeString(tree.resolve("small"), "small");
        Path target = folder.resolve("target");
        for (Cli.Result result :
                List.of(
                        Cli.run("copy", LOST, source.toString(), "-"),
                        Cli.run("copy", LOST, "-r", tree.toString(), target.toString()))) {
            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            assertThat(result.err())
                    .contains("is lost")
                    .hasLineCount(1)
                    .doesNotContain("\tat ")
                    .doesNotContain("unexpected");
        }
        assertThat(target.resolve("source")).doesNotExist();
    }

    @Test
    void shouldTellOfUnreadableSource() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("-w-------"));
        assumeTrue(!Files.isReadable(source), "root can read everything");

        Cli.Result result = Cli.run("copy", source.toString(), folder.resolve("target").toString());

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains(source.toString()).contains("permission denied");
    }

    @Test
    void shouldExitWithTwoOnWrongUsage() throws IOException {
        for (List<String> arguments :
                List.of(
                        List.<String>of(),
                        List.of("copy", "only-one"),
                        List.of("copy", "-", "x", "--resume"),
                        List.of("copy", "x", "-", "--verify"),
                        List.of("copy", "x", "y", "--block-size", "many"),
                        List.of("copy", "x", "y", "--engine", "nonesuch"),
                        List.of("copy", "x", "y", "--engine", "cpu:colour=blue"),
                        List.of("test", "--xor-sources", "2"))) {
            assertThat(Main.run(new Interruption(), arguments.toArray(String[]::new)))
                    .as(arguments.toString())
                    .isEqualTo(2);
        }
    }

    /** Slow enough to be met in the middle, fast enough for a test. */
    private static Cli slowCopy(Path source, Path target, String... more) throws IOException {
        String[] arguments = new String[more.length + 4];
        arguments[0] = "copy";
        arguments[1] = "--limit=80M";
        arguments[2] = source.toString();
        arguments[3] = target.toString();
        System.arraycopy(more, 0, arguments, 4, more.length);
        return Cli.start(arguments);
    }

    /** Until a random part of it is written. */
    private void awaitProgress(Cli cli, Path target) {
        long bytes = (8 << 10) + new SplittableRandom(seed).nextLong(2 << 20);
        Path partial = Siblings.partial(target);
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    assertThat(cli.isAlive()).as("seed %d", seed).isTrue();
                    // Not its size: a file for direct I/O has that from the start.
                    return Files.exists(partial) && TestFiles.allocatedBytes(partial) >= bytes;
                });
    }

    private void requireResumable(Path source, Path target) throws IOException {
        Cli.Result result =
                Cli.run("copy", source.toString(), target.toString(), "--resume", "--json");

        assertThat(result.code()).as("seed %d: %s", seed, result).isZero();
        assertThat(((Number) result.json().get("resumedBytes")).longValue())
                .as("seed %d", seed)
                .isPositive();
        assertThat(TestFiles.same(source, target)).as("seed %d", seed).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }
}
