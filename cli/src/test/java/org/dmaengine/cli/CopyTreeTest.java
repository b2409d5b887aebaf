package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/** Trees, of which several files are under way at once. */
class CopyTreeTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path folder;

    private final long seed = System.nanoTime() & 0xffff;

    @ParameterizedTest
    @ValueSource(
            strings = {"--verify", "--no-sync", "--engine=cpu", "--block-size=4K", "--no-engine"})
    void shouldCopyManyFilesAtOnce(String option) throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 4, 150, 30_000, seed);
        TestFiles.random(tree.resolve("big"), 5_000_011, seed);
        TestFiles.random(tree.resolve("most-of-small"), TreeCopy.SMALL_BYTES, seed);
        TestFiles.random(tree.resolve("least-of-big"), TreeCopy.SMALL_BYTES + 1, seed);
        Path copy = folder.resolve("copy");

        Cli.Result result =
                Cli.run("copy", "-r", "--json", option, tree.toString(), copy.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isZero();
        TestFiles.requireSameTrees(tree, copy);
        assertThat(result.json()).containsEntry("files", 603);
        // With --no-sync only what the page cache lacks needs one.
        boolean byPlainCalls = option.equals("--no-engine") || option.equals("--no-sync");
        assertThat(result.json().get("engine").equals("none")).isEqualTo(byPlainCalls);
        assertThat(((Number) result.json().get("bytes")).longValue()).isEqualTo(bytesOf(tree));
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldKeepFilesApartWhoseNamesMeanNothingHere() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        for (int letter = 0xc0; letter < 0xe0; letter++) {
            // One letter of Latin-1: no text in UTF-8.
            Path name = Path.of(URI.create("file:///%" + Integer.toHexString(letter)));
            Files.writeString(tree.resolve(name.getFileName()), "file " + letter);
        }
        Path copy = folder.resolve("copy");

        assertThat(Main.run(new Interruption(), "copy", "-r", tree.toString(), copy.toString()))
                .isZero();

        try (Stream<Path> all = Files.list(tree)) {
            assertThat(all.toList())
                    .hasSize(32)
                    .allSatisfy(file ->
                            assertThat(copy.resolve(file.getFileName()))
                                    .hasSameBinaryContentAs(file));
        }
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotTakeForItsOwnWhatAnInterruptedCopyLeftInTheSource(boolean intoOld)
            throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path big = TestFiles.random(tree.resolve("big"), 3_000_000, seed);
        Path small = TestFiles.random(tree.resolve("small"), 3_000, seed);
        Path rest = Files.writeString(tree.resolve(".rest.dmaengine"), "not ours");
        Path linked = Siblings.partial(tree.resolve("linked"));
        Path held = Files.createDirectory(Siblings.partial(tree.resolve("folder")));
        Files.writeString(held.resolve("inside"), "inside");
        List<Path> left =
                List.of(
                        TestFiles.random(Siblings.partial(big), 5_000, 1),
                        TestFiles.random(Siblings.journal(big), 100, 2),
                        TestFiles.random(Siblings.partial(small), 5_000, 3),
                        TestFiles.random(Siblings.partial(small, "tag"), 5_000, 4),
                        Files.createSymbolicLink(linked, small),
                        held);
        Path copy = folder.resolve("copy");
        if (intoOld) {
            Files.createDirectory(copy);
        }

        Cli.Result result = Cli.run("copy", "-r", tree.toString(), copy.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isEqualTo(1);
        left.forEach(path -> assertThat(result.err()).contains(path + ": "));
        assertThat(result.err()).contains("6 of the files could not be copied");
        Path target = intoOld ? copy.resolve("tree") : copy;
        assertThat(target.resolve("big")).hasSameBinaryContentAs(big);
        assertThat(target.resolve("small")).hasSameBinaryContentAs(small);
        assertThat(target.resolve(".rest.dmaengine")).hasSameBinaryContentAs(rest);
        assertThat(TestFiles.leftOvers(target)).isEmpty();
    }

    @Test
    void shouldNameEachFileThatFailsAndCopyTheRest() throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 2, 100, 30_000, seed);
        Path copy = folder.resolve("copy");
        Path target = Files.createDirectory(copy).resolve("tree");
        Path inTheWay = target.resolve("folder-0/file-1-7");
        Path linked = target.resolve("file-0-3");
        Files.createDirectories(inTheWay);
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Files.createSymbolicLink(linked, victim);

        Cli.Result result = Cli.run("copy", "-r", "--json", tree.toString(), copy.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isEqualTo(1);
        assertThat(result.err())
                .contains(inTheWay + " is a folder")
                .contains(linked + " is a symbolic link")
                .contains("2 of the files could not be copied");
        assertThat(result.json()).containsEntry("files", 198);
        assertThat(victim).hasContent("precious");
        Files.delete(inTheWay);
        Files.delete(linked);
        Files.delete(tree.resolve("folder-0/file-1-7"));
        Files.delete(tree.resolve("file-0-3"));
        TestFiles.requireSameTrees(tree, target);
        assertThat(TestFiles.leftOvers(folder)).containsExactly(Siblings.journal(target));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveFoldersOfInterruptedCopyTheirMode(boolean resume) throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 3, 4, 1000, seed);
        Path into = Files.createDirectory(folder.resolve("into"));
        Path copy = into.resolve("tree");
        Path made = Path.of("folder-0");
        Path foreign = made.resolve("folder-1");
        Set<PosixFilePermission> ofSource = PosixFilePermissions.fromString("rwxr-x--x");
        Set<PosixFilePermission> ownerOnly = PosixFilePermissions.fromString("rwx------");
        // As a copy leaves it that is killed after it has made the one and found the other.
        Files.createDirectories(copy.resolve(foreign));
        for (Path each : List.of(made, foreign)) {
            Files.setPosixFilePermissions(tree.resolve(each), ofSource);
            Files.setPosixFilePermissions(copy.resolve(each), ownerOnly);
        }
        try (TreeJournal journal = TreeJournal.fresh(tree, copy)) {
            journal.making(made);
        }

        Cli.Result result =
                Cli.run(
                        "copy",
                        resume ? "--resume" : "--json",
                        "-r",
                        tree.toString(),
                        into.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isZero();
        assertThat(Files.getPosixFilePermissions(copy.resolve(made)))
                .isEqualTo(Umask.applyTo(ofSource, Umask.ofProcess()));
        assertThat(Files.getPosixFilePermissions(copy.resolve(foreign))).isEqualTo(ownerOnly);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-engine", "--buffers=8", "--engine=cpu"})
    void shouldStopInTheMiddleOnSignalAndResume(String option) throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 3, 200, 60_000, seed);
        Path inner = tree.resolve("folder-0/folder-1");
        FileTime then = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
        Files.setLastModifiedTime(inner, then);
        Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("r-xr-x---"));
        Path copy = folder.resolve("copy");
        long all = bytesOf(tree);
        try (Cli cli =
                Cli.start(
                        "copy",
                        "--archive",
                        "--json",
                        "--limit=4M",
                        option,
                        tree.toString(),
                        copy.toString())) {
            awaitSome(cli, copy);
            cli.signal("INT");
            Cli.Result result = cli.await();

            assertThat(result.code()).as("seed %d: %s", seed, result).isEqualTo(130);
            assertThat(result.err()).contains("nothing is in flight");
            assertThat(result.json())
                    .containsEntry("interrupted", true)
                    .containsEntry("files", namesIn(copy))
                    .hasEntrySatisfying(
                            "receipt",
                            receipt ->
                                    assertThat((Map<?, ?>) receipt)
                                            .extracting("quiesced")
                                            .isEqualTo(true));
            assertThat(((Number) result.json().get("bytes")).longValue())
                    .as("seed %d", seed)
                    .isPositive()
                    .isLessThan(all);
        }
        // What has its name is whole, and nothing but the journal is left of the rest.
        for (Map.Entry<String, Path> file : TestFiles.files(copy).entrySet()) {
            assertThat(file.getValue()).hasSameBinaryContentAs(tree.resolve(file.getKey()));
        }
        assertThat(TestFiles.leftOvers(folder)).containsExactly(Siblings.journal(copy));
        int before = namesIn(copy);

        Cli.Result result =
                Cli.run(
                        "copy",
                        "--archive",
                        "--resume",
                        "--json",
                        tree.toString(),
                        copy.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isZero();
        assertThat(((Number) result.json().get("resumedBytes")).longValue())
                .as("seed %d, %d files before", seed, before)
                .isPositive();
        assertThat(result.json()).containsEntry("files", 600);
        TestFiles.requireSameTrees(tree, copy);
        Path innerCopy = copy.resolve("folder-0/folder-1");
        assertThat(Files.getPosixFilePermissions(innerCopy))
                .isEqualTo(Files.getPosixFilePermissions(inner));
        assertThat(Files.getLastModifiedTime(innerCopy)).isEqualTo(then);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldFillFoldersWhoseModeForbidsIt() throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 3, 20, 10_000, seed);
        for (Path each : List.of(tree.resolve("folder-0/folder-1"), tree.resolve("folder-0"))) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("r-xr-xr-x"));
        }
        Path copy = folder.resolve("copy");

        assertThat(Main.run(new Interruption(), "copy", "-r", tree.toString(), copy.toString()))
                .isZero();

        TestFiles.requireSameTrees(tree, copy);
        assertThat(Files.getPosixFilePermissions(copy.resolve("folder-0/folder-1")))
                .isEqualTo(
                        Umask.applyTo(
                                PosixFilePermissions.fromString("r-xr-xr-x"), Umask.ofProcess()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-r", "-a"})
    void shouldGiveEachFileItsMode(String option) throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        for (String mode :
                List.of("rw-------", "rw-r--r--", "rwxrwxrwx", "r--r--r--", "rwxr-x---")) {
            Path file = TestFiles.random(tree.resolve(mode), 10_000, seed);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        }
        Path copy = folder.resolve("copy");

        assertThat(Main.run(new Interruption(), "copy", option, tree.toString(), copy.toString()))
                .isZero();

        for (Map.Entry<String, Path> file : TestFiles.files(tree).entrySet()) {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file.getValue());
            assertThat(Files.getPosixFilePermissions(copy.resolve(file.getKey())))
                    .as(file.getKey())
                    .isEqualTo(option.equals("-a") ? mode : Umask.applyTo(mode, Umask.ofProcess()));
        }
        TestFiles.requireSameTrees(tree, copy);
    }

    @Test
    void shouldHoldAllWorkersUnderOneLimit() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        for (int i = 0; i < 20; i++) {
            TestFiles.random(tree.resolve("file-" + i), 100_000, i);
        }
        Path copy = folder.resolve("copy");
        long begunNanos = System.nanoTime();

        int code =
                Main.run(
                        new Interruption(),
                        "copy",
                        "-r",
                        "--limit=2000000",
                        tree.toString(),
                        copy.toString());

        assertThat(code).isZero();
        // The last piece may go when all before it have had their time.
        assertThat(Duration.ofNanos(System.nanoTime() - begunNanos))
                .isGreaterThanOrEqualTo(Duration.ofMillis(950));
        TestFiles.requireSameTrees(tree, copy);
    }

    @Test
    void shouldDropWhatAKilledCopyHadOnItsWayIfAllIsCopiedAnew() throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 3, 200, 60_000, seed);
        Path into = Files.createDirectory(folder.resolve("into"));
        Path copy = into.resolve("tree");
        try (Cli cli = Cli.start("copy", "-r", "--limit=8M", tree.toString(), into.toString())) {
            awaitSome(cli, copy);
            cli.signal("KILL");

            assertThat(cli.await().code()).isEqualTo(137);
        }
        assertThat(TestFiles.leftOvers(folder)).as("seed %d", seed).hasSizeGreaterThan(1);

        Cli.Result result = Cli.run("copy", "-r", "--json", tree.toString(), into.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isZero();
        assertThat(result.json()).containsEntry("files", 600).containsEntry("resumedBytes", 0);
        TestFiles.requireSameTrees(tree, copy);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldGoOnAfterKill() throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 3, 200, 60_000, seed);
        Path copy = folder.resolve("copy");
        try (Cli cli = Cli.start("copy", "-r", "--limit=8M", tree.toString(), copy.toString())) {
            awaitSome(cli, copy);
            cli.signal("KILL");

            assertThat(cli.await().code()).isEqualTo(137);
        }
        for (Map.Entry<String, Path> file : TestFiles.files(copy).entrySet()) {
            if (!file.getKey().contains("dmaengine-")) {
                assertThat(file.getValue()).hasSameBinaryContentAs(tree.resolve(file.getKey()));
            }
        }
        assertThat(TestFiles.leftOvers(folder)).as("seed %d", seed).hasSizeGreaterThan(1);

        Cli.Result result =
                Cli.run("copy", "-r", "--resume", "--json", tree.toString(), copy.toString());

        assertThat(result.code()).as("seed %d: %s", seed, result).isZero();
        assertThat(((Number) result.json().get("resumedBytes")).longValue())
                .as("seed %d", seed)
                .isPositive();
        assertThat(result.json()).containsEntry("files", 600);
        TestFiles.requireSameTrees(tree, copy);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldFinishInnerFoldersFirstAndOnlyWhatIsWhole() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path inner = Files.createDirectory(target.resolve("inner"));
        FileTime then = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
        Files.setLastModifiedTime(folder, then);
        FileTime now = Files.getLastModifiedTime(target);
        TargetAttributes attributes =
                TargetAttributes.of(
                        Optional.of(folder),
                        Optional.of(TargetAttributes.look(folder)),
                        target,
                        false,
                        true);
        try (TreeJournal journal = TreeJournal.fresh(folder, target)) {
            TreeRecord record = new TreeRecord(journal, new CopyReport(), new Interruption(), true);
            TargetFolder outer =
                    new TargetFolder(
                            null, Path.of(""), target, true, Optional.of(attributes), null, record);
            TargetFolder whole =
                    new TargetFolder(
                            outer,
                            Path.of("inner"),
                            inner,
                            true,
                            Optional.of(attributes),
                            null,
                            record);
            outer.leave(true);
            assertThat(Files.getLastModifiedTime(inner)).isNotEqualTo(then);

            whole.leave(true);

            assertThat(Files.getLastModifiedTime(inner)).isEqualTo(then);
            assertThat(Files.getLastModifiedTime(target)).isEqualTo(then);
            Files.setLastModifiedTime(target, now);
            TargetFolder again =
                    new TargetFolder(
                            null, Path.of(""), target, true, Optional.of(attributes), null, record);
            new TargetFolder(again, Path.of("inner"), inner, true, Optional.empty(), null, record)
                    .leave(false);

            again.leave(true);

            assertThat(Files.getLastModifiedTime(target)).isEqualTo(now);
        }
    }

    @Test
    void shouldTellOfWorkersThatCannotBegin() {
        List<Throwable> told = Collections.synchronizedList(new ArrayList<>());
        CommandFailure noChannel = new CommandFailure("no channel");
        CountDownLatch begun = new CountDownLatch(100);
        try (CopyWorkers workers =
                new CopyWorkers(
                        CopyWorkers.Waits.EACH,
                        () -> {
                            throw noChannel;
                        })) {
            for (int i = 0; i < 100; i++) {
                workers.execute(_ -> begun.countDown(), told::add);
            }
        }

        assertThat(told).hasSize(100).containsOnly(noChannel);
        assertThat(begun.getCount()).isEqualTo(100);
    }

    /** Until some of the files are safe, but not all. */
    private void awaitSome(Cli cli, Path copy) {
        long some = 20 + seed % 150;
        await().atMost(DEADLINE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    assertThat(cli.isAlive()).as("seed %d", seed).isTrue();
                    return finishedOf(copy) >= some;
                });
    }

    /** How many files the journal names as safe. */
    private static int finishedOf(Path copy) throws IOException {
        Path journal = Siblings.journal(copy);
        return Files.exists(journal)
                ? Files.readString(journal).split("\"done\"", -1).length - 1
                : 0;
    }

    private static int namesIn(Path root) throws IOException {
        return (int)
                TestFiles.files(root).keySet().stream()
                        .filter(name -> !name.contains("dmaengine-"))
                        .count();
    }

    private static long bytesOf(Path tree) throws IOException {
        long bytes = 0;
        for (Path file : TestFiles.files(tree).values()) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
