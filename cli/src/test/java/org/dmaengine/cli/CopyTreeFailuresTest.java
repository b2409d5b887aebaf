package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE;

import org.dmaengine.TransferError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Trees of which something cannot be copied: the rest is, and can be gone on with. */
class CopyTreeFailuresTest {
    private static final int FOLDERS = 8;
    private static final int PATH_BYTES_MAX = 4096;

    @TempDir Path folder;

    @Test
    void shouldGoOnAfterFoldersThatCannotBeMade() throws IOException {
        Path tree = tree("i".repeat(200));
        // So deep that the inner folders get a path that is too long, and nothing else does.
        Path deep = folder;
        for (int left = PATH_BYTES_MAX - 120 - deep.toString().length(); left > 1; left -= 151) {
            deep = deep.resolve("d".repeat(Math.min(left - 1, 150)));
        }
        Path copy = Files.createDirectories(deep).resolve("copy");

        Cli.Result result = Cli.run("copy", "-r", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        for (int i = 0; i < FOLDERS; i++) {
            Path inner = copy.resolve("folder-" + i).resolve("i".repeat(200));
            assertThat(result.err()).contains("making " + inner + ": File name too long");
            assertThat(copy.resolve("folder-" + i + "/file")).hasContent("file");
        }
        assertThat(result.err()).contains(FOLDERS + " of the files could not be copied");
    }

    @Test
    void shouldGoOnAfterFolderThatLetsNothingIn() throws IOException {
        Path tree = tree("inner");
        Path copy = folder.resolve("copy");
        Path closed = Files.createDirectories(copy.resolve("tree/folder-3"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(closed), "root can write everywhere");

        Cli.Result result = Cli.run("copy", "-r", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err())
                .contains("making " + closed.resolve("inner") + ": permission denied")
                .contains("2 of the files could not be copied");
        for (int i = 0; i < FOLDERS; i++) {
            if (i != 3) {
                assertThat(copy.resolve("tree/folder-" + i + "/inner/file")).hasContent("file");
            }
        }
    }

    @Test
    void shouldNameFolderThatIsReplacedByALinkAndGoOn() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        TargetAttributes attributes =
                new TargetAttributes(
                        Optional.of(PosixFilePermissions.fromString("rwxrwxrwx")),
                        Optional.empty(),
                        Optional.empty());
        try (TreeJournal journal = TreeJournal.fresh(target, target)) {
            TreeRecord record =
                    new TreeRecord(journal, new CopyReport(), new Interruption(), false);
            TargetFolder around =
                    new TargetFolder(
                            null, Path.of(""), target, false, Optional.empty(), null, record);
            TargetFolder replaced =
                    new TargetFolder(
                            around,
                            Path.of("link"),
                            link,
                            true,
                            Optional.of(attributes),
                            null,
                            record);

            replaced.leave(true);
            around.leave(true);

            assertThat(record.failures()).isEqualTo(1);
        }
        assertThat(Files.getPosixFilePermissions(target)).doesNotContain(OTHERS_WRITE);
    }

    @Test
    void shouldTryAgainInFolderThatIsReadOnly() throws IOException {
        Path tree = tree("inner");
        Path closed = tree.resolve("folder-3");
        TestFiles.fifo(closed.resolve("fifo"));
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("r-xr-xr-x");
        Files.setPosixFilePermissions(closed, mode);
        Path copy = folder.resolve("copy");
        assertThat(Cli.run("copy", "-r", tree.toString(), copy.toString()).code()).isEqualTo(1);
        Path copied = copy.resolve("folder-3");
        assertThat(Files.getPosixFilePermissions(copied)).isEqualTo(mode);
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(closed.resolve("fifo"));
        Files.writeString(closed.resolve("fifo"), "mended");

        Cli.Result result = Cli.run("copy", "-r", "--resume", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(copied.resolve("fifo")).hasContent("mended");
        assertThat(Files.getPosixFilePermissions(copied)).isEqualTo(mode);
        Files.setPosixFilePermissions(copied, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void shouldKeepOneJournalAndTheModesSetSinceWhereSomethingFailsEachTime() throws IOException {
        Path tree = tree("inner");
        TestFiles.fifo(tree.resolve("fifo"));
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Path journal = Siblings.journal(copy.resolve("tree"));
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rwxrwx---");
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Cli.Result result = Cli.run("copy", "-r", tree.toString(), copy.toString());
            assertThat(result.code()).as(result.toString()).isEqualTo(1);
            sizes.add(Files.size(journal));
            Files.setPosixFilePermissions(copy.resolve("tree/folder-1"), mode);
        }

        assertThat(Files.getPosixFilePermissions(copy.resolve("tree/folder-1"))).isEqualTo(mode);
        assertThat(sizes.get(3)).as(sizes.toString()).isEqualTo(sizes.get(2));
    }

    @Test
    void shouldGoOnInTheSameTreeAfterFailures() throws IOException {
        Path tree = tree("inner");
        Path copy = folder.resolve("copy");
        Path unreadable = tree.resolve("folder-3/fifo");
        TestFiles.fifo(unreadable);
        assertThat(Cli.run("copy", "-r", tree.toString(), copy.toString()).code()).isEqualTo(1);
        Files.delete(unreadable);
        Files.writeString(unreadable, "mended");

        Cli.Result result =
                Cli.run("copy", "-r", "--resume", "--json", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(result.json()).containsEntry("resumedBytes", 2 * FOLDERS * "file".length());
        TestFiles.requireSameTrees(tree, copy);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldLeaveNoJournalOfATreeThatCouldNotBeBegun() throws IOException {
        Path tree = tree("inner");
        Path copy = Files.writeString(folder.resolve("copy"), "no folder");

        assertThat(Cli.run("copy", "-r", tree.toString(), copy.toString()).code()).isEqualTo(1);

        assertThat(copy).hasContent("no folder");
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldNotGoOnWithTheTreeOfAnotherSource() throws IOException {
        Path tree = tree("inner");
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("file"), "other");
        Path copy = Files.createDirectory(folder.resolve("copy"));
        TreeJournal.fresh(tree, copy).close();

        Cli.Result result = Cli.run("copy", "-r", "--resume", other.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err())
                .contains(tree.toString())
                .contains("not of " + other)
                .contains("without --resume");
        assertThat(copy).isEmptyDirectory();
        Path moved = Files.move(tree, folder.resolve("moved"));
        assertThat(Cli.run("copy", "-r", "--resume", moved.toString(), copy.toString()).code())
                .isZero();
        TestFiles.requireSameTrees(moved, copy);
    }

    @Test
    void shouldCopyAFileIntoTheFolderOfAnInterruptedTree() throws IOException {
        Path tree = tree("inner");
        Path copy = Files.createDirectory(folder.resolve("copy"));
        TreeJournal.fresh(tree, copy).close();
        Path file = Files.writeString(folder.resolve("file"), "of its own");

        Cli.Result result = Cli.run("copy", "--resume", file.toString(), copy + "/");

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(copy.resolve("file")).hasContent("of its own");
    }

    @Test
    void shouldCopyIntoAFolderBesideTheJournalOfAFile() throws IOException {
        Path tree = tree("inner");
        Path copy = Files.createDirectory(folder.resolve("copy"));
        TestFiles.plantPartial(tree.resolve("folder-0/file"), copy, new byte[0], 0);

        Cli.Result result = Cli.run("copy", "-r", "--resume", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        TestFiles.requireSameTrees(tree, copy.resolve("tree"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--resume"})
    void shouldDropWhatACopyOfAFileLeftWhereTheTreeComes(String option) throws IOException {
        Path tree = tree("inner");
        Path copy = folder.resolve("copy");
        TestFiles.plantPartial(tree.resolve("folder-0/file"), copy, new byte[9], 9);
        List<String> words = new ArrayList<>(List.of("copy", "-r", tree.toString()));
        words.add(copy.toString());
        words.addAll(option.isEmpty() ? List.of() : List.of(option));

        Cli.Result result = Cli.run(words.toArray(String[]::new));

        assertThat(result.code()).as(result.toString()).isZero();
        TestFiles.requireSameTrees(tree, copy);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldNotCallSafeWhatIsNotForced() throws IOException {
        Path tree = folder.resolve("tree");
        TestFiles.tree(tree, 2, 50, 60_000, 1);
        Path copy = folder.resolve("copy");
        try (Cli cli =
                Cli.start(
                        "copy",
                        "-r",
                        "--no-sync",
                        "--limit=500K",
                        tree.toString(),
                        copy.toString())) {
            await().until(() -> Files.exists(copy) && !TestFiles.files(copy).isEmpty());
            cli.signal("INT");
            Cli.Result result = cli.await();

            assertThat(result.code()).as(result.toString()).isEqualTo(130);
            assertThat(result.err())
                    .contains("not forced to disk")
                    .doesNotContain("safe on disk")
                    .doesNotContain("--resume");
        }
    }

    @Test
    void shouldPutALinkInPlaceOfWhatAnInterruptedCopyLeftOfAFile() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("anywhere"));
        Path target = Files.createDirectories(folder.resolve("copy/tree")).resolve("link");
        TestFiles.plantPartial(Files.createFile(folder.resolve("was")), target, new byte[9], 9);

        Cli.Result result =
                Cli.run("copy", "-r", tree.toString(), folder.resolve("copy").toString());

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(Files.readSymbolicLink(target)).isEqualTo(Path.of("anywhere"));
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldPutAFileInPlaceOfWhatAnInterruptedCopyLeftOfALink() throws IOException {
        Path tree = tree("inner");
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path copy = Files.createDirectories(folder.resolve("copy/tree"));
        TreeJournal.fresh(tree, copy).close();
        Path target = Files.createDirectory(copy.resolve("folder-3")).resolve("file");
        Files.createSymbolicLink(Siblings.partial(target), victim);

        Cli.Result result =
                Cli.run("copy", "-r", tree.toString(), folder.resolve("copy").toString());

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(victim).hasContent("precious");
        TestFiles.requireSameTrees(tree, copy);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldMakeDoWithFewOpenFiles() throws IOException {
        Path tree = TestFiles.tree(folder.resolve("tree"), 2, 400, 100, 1);
        Path copy = folder.resolve("copy");

        Cli.Result result = withOpenFiles(300, "copy", "-r", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        TestFiles.requireSameTrees(tree, copy);
    }

    @Test
    void shouldCopyTreeThatIsDeeperThanFilesCanBeOpen() throws IOException {
        Path tree = folder.resolve("tree");
        Path inmost = Files.createDirectories(tree.resolve("a/".repeat(400)));
        Files.writeString(inmost.resolve("file"), "inmost");
        Path copy = folder.resolve("copy");

        Cli.Result result = withOpenFiles(300, "copy", "-r", tree.toString(), copy.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(copy.resolve(tree.relativize(inmost)).resolve("file")).hasContent("inmost");
    }

    @Test
    void shouldSayWhatToDoAboutFileThatIsTooLargeWhoeverTellsOfIt() {
        TransferError ofEngine = TransferError.of(27, "it would exceed the largest size");
        TransferError ofJava = TransferError.of(new IOException("File too large"));

        for (TransferError error : List.of(ofEngine, ofJava)) {
            assertThat(FileProblem.of("writing file", error).line()).contains("raise the limit");
        }
    }

    @Test
    void shouldSayHowMoreFilesCanBeOpen() {
        IOException problem = new FileSystemException("tree", null, "Too many open files");

        assertThat(FileProblem.of("reading tree", problem).line()).contains("ulimit -n");
    }

    @Test
    void shouldRefuseTreeIntoItselfWhereverItIsMounted() throws IOException {
        Path tree = tree("inner");
        Path mounted = Files.createDirectory(folder.resolve("mounted"));

        Cli.Result result =
                whereMounted(tree, mounted, "copy", "-r", tree.toString(), mounted + "/copy");

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains("the copy would contain itself");
        assertThat(tree.resolve("copy")).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldNotCopyWhatItCopiesTo() throws IOException {
        Path tree = tree("inner");
        Path inner = tree.resolve("folder-3");
        Path mounted = Files.createDirectory(folder.resolve("mounted"));

        Cli.Result result =
                whereMounted(inner, mounted, "copy", "-r", tree.toString(), mounted + "/copy");

        assertThat(result.code()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(inner.resolve("copy") + " is " + mounted.resolve("copy"));
        Path copy = inner.resolve("copy");
        for (int i = 0; i < FOLDERS; i++) {
            assertThat(copy.resolve("folder-" + i + "/inner/file")).hasContent("file");
        }
        assertThat(copy.resolve("folder-3/copy")).doesNotExist();
    }

    /** For the command alone, so that nothing is left to be unmounted. */
    private static Cli.Result whereMounted(Path source, Path at, String... arguments)
            throws IOException {
        List<String> mounting =
                List.of(
                        "unshare",
                        "--mount",
                        "/bin/sh",
                        "-c",
                        "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"",
                        source.toString(),
                        at.toString());
        assumeTrue(isDone(mounting, "true"), "nothing can be mounted here");
        try (Cli cli = Cli.start(mounting, ProcessBuilder.Redirect.PIPE, Map.of(), arguments)) {
            return cli.await();
        }
    }

    private static boolean isDone(List<String> before, String command) {
        List<String> all = new ArrayList<>(before);
        all.add(command);
        try {
            return new ProcessBuilder(all).start().waitFor() == 0;
        } catch (IOException noSuchProgram) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Cli.Result withOpenFiles(int most, String... arguments) throws IOException {
        List<String> limited =
                List.of("/bin/sh", "-c", "ulimit -n " + most + " && exec \"$@\"", "sh");
        try (Cli cli = Cli.start(limited, ProcessBuilder.Redirect.PIPE, Map.of(), arguments)) {
            return cli.await();
        }
    }

    /** Folders, each with a file and another folder with one. */
    private Path tree(String inner) throws IOException {
        Path tree = folder.resolve("tree");
        for (int i = 0; i < FOLDERS; i++) {
            Path within = Files.createDirectories(tree.resolve("folder-" + i).resolve(inner));
            Files.writeString(within.resolve("file"), "file");
            Files.writeString(within.resolveSibling("file"), "file");
        }
        return tree;
    }
}
