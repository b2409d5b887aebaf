package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies within this process: what lies at the target afterwards, and the exit code. */
class CopyTest {
    @TempDir Path folder;

    private int run(Object... arguments) {
        String[] words = new String[arguments.length];
        for (int i = 0; i < words.length; i++) {
            words[i] = arguments[i].toString();
        }
        return Main.run(new Interruption(), words);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 10_000_019})
    void shouldCopyEverySize(long bytes) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), bytes, bytes);
        Path target = folder.resolve("target");

        assertThat(run("copy", source, target, "--verify")).isZero();
        assertThat(TestFiles.same(source, target)).isTrue();

        Path bare = folder.resolve("without engine");
        assertThat(run("copy", source, bare, "--verify", "--no-engine")).isZero();
        assertThat(TestFiles.same(source, bare)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--channels=2 --buffers=1 --block-size=4K",
                "--channels=7 --buffers=3 --block-size=65537",
                "--engine=cpu:mode=inline",
                "--limit=100M"
            })
    void shouldCopyWithEveryShapeOfPipeline(String options) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3_000_017, 5);
        Path target = folder.resolve("target");
        String[] shape = options.split(" ", -1);
        Object[] arguments = new Object[shape.length + 3];
        arguments[0] = "copy";
        System.arraycopy(shape, 0, arguments, 1, shape.length);
        arguments[arguments.length - 2] = source;
        arguments[arguments.length - 1] = target;

        assertThat(run(arguments)).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldKeepHolesAndTheirData() throws Exception {
        Path source = folder.resolve("source");
        long length = 300L << 20;
        try (FileChannel file =
                FileChannel.open(source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at : new long[] {5, 70 << 20, (70 << 20) + 9000, 200L << 20}) {
                file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), at);
            }
            file.write(ByteBuffer.allocate(1), length - 1);
        }
        Path target = folder.resolve("target");

        assertThat(run("copy", source, target, "--verify")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.allocatedBytes(target)).isLessThan(1 << 20);
    }

    @Test
    void shouldCopyTreeWithLinksModesAndTimes() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/inner/empty"));
        Path root = folder.resolve("tree");
        Path secret = Files.writeString(root.resolve("secret"), "s");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r-----"));
        Files.writeString(root.resolve("inner/file"), "content");
        Files.createSymbolicLink(root.resolve("inner/link"), Path.of("file"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("/nowhere/at/all"));
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        FileTime then = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
        Files.setLastModifiedTime(secret, then);
        Files.setLastModifiedTime(root.resolve("inner"), then);
        assertThat(tree).isDirectory();
        Path copy = folder.resolve("copy");

        assertThat(run("copy", "--archive", "--verify", root, copy)).isZero();

        assertThat(copy.resolve("inner/empty")).isEmptyDirectory();
        assertThat(copy.resolve("inner/file")).hasContent("content");
        assertThat(Files.readSymbolicLink(copy.resolve("inner/link"))).isEqualTo(Path.of("file"));
        assertThat(Files.readSymbolicLink(copy.resolve("dangling")))
                .isEqualTo(Path.of("/nowhere/at/all"));
        assertThat(Files.isSymbolicLink(copy.resolve("up"))).isTrue();
        assertThat(Files.getPosixFilePermissions(copy.resolve("secret")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Files.getLastModifiedTime(copy.resolve("secret"))).isEqualTo(then);
        assertThat(Files.getLastModifiedTime(copy.resolve("inner"))).isEqualTo(then);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldRefuseTreeIntoItself() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/inner"));

        assertThat(run("copy", "-r", tree.getParent(), tree)).isEqualTo(1);

        assertThat(tree).isEmptyDirectory();
    }

    @Test
    void shouldCopyIntoFolderUnderItsOwnName() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path into = Files.createDirectory(folder.resolve("into"));

        assertThat(run("copy", source, into)).isZero();

        assertThat(into.resolve("source")).hasContent("x");
    }

    @Test
    void shouldKeepModeOfReplacedFileAndApplyUmaskToNewOne() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "new");
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path old = Files.writeString(folder.resolve("old"), "old");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-------"));
        Path fresh = folder.resolve("fresh");

        assertThat(run("copy", source, old)).isZero();
        assertThat(run("copy", source, fresh)).isZero();

        assertThat(old).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(old)))
                .isEqualTo("rw-------");
        assertThat(Files.getPosixFilePermissions(fresh))
                .isEqualTo(
                        Umask.applyTo(
                                PosixFilePermissions.fromString("rwxrwxrwx"), Umask.ofProcess()));
    }

    @Test
    void shouldRefuseToCopyFileOntoItself() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path same = Files.createLink(folder.resolve("same"), source);

        assertThat(run("copy", source, source)).isEqualTo(1);
        assertThat(run("copy", source, same)).isEqualTo(1);

        assertThat(source).hasContent("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--resume", "--no-sync"})
    void shouldNotDropItsSourceAsALeftOver(String option) throws IOException {
        Path target = folder.resolve("target");
        Object[] options = option.isEmpty() ? new Object[0] : new Object[] {option};
        for (Path source : List.of(Siblings.partial(target), Siblings.journal(target))) {
            Files.writeString(source, "precious");
            Path link = Files.createSymbolicLink(folder.resolve("link"), source);

            assertThat(run(words("copy", options, source, target))).isEqualTo(1);
            assertThat(run(words("copy", options, link, target))).isEqualTo(1);

            assertThat(source).hasContent("precious");
            assertThat(target).doesNotExist();
            Files.delete(link);
            Files.delete(source);
        }
    }

    @Test
    void shouldNotDropALinkAsALeftOverThatItCopies() throws IOException {
        Path target = folder.resolve("target");
        Path link = Files.createSymbolicLink(Siblings.partial(target), Path.of("elsewhere"));

        assertThat(run("copy", "-r", link, target)).isEqualTo(1);

        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("elsewhere"));
        assertThat(Files.exists(target, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void shouldCopyToNoNameOfWhatIsNotFinished() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path other = folder.resolve("other");

        for (Path target : List.of(Siblings.partial(other), Siblings.journal(other))) {
            assertThat(run("copy", source, target)).isEqualTo(1);
            assertThat(target).doesNotExist();
        }
    }

    private static Object[] words(Object first, Object[] options, Object... rest) {
        List<Object> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(options));
        all.addAll(List.of(rest));
        return all.toArray();
    }

    @Test
    void shouldNeverWriteThroughLinkAtTarget() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path target = Files.createSymbolicLink(folder.resolve("target"), victim);

        assertThat(run("copy", source, target)).isEqualTo(1);

        assertThat(victim).hasContent("precious");
        assertThat(Files.isSymbolicLink(target)).isTrue();
    }

    @Test
    void shouldNeverWriteThroughLinkAtPartialName() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path target = folder.resolve("target");
        Files.createSymbolicLink(Siblings.partial(target), victim);

        assertThat(run("copy", source, target)).isEqualTo(1);
        assertThat(run("copy", source, target, "--resume")).isEqualTo(1);

        assertThat(victim).hasContent("precious");
        assertThat(target).doesNotExist();
    }

    @Test
    void shouldNeverWriteThroughLinkAtJournalName() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path victim = Files.writeString(folder.resolve("victim"), "precious");
        Path target = folder.resolve("target");
        Files.createSymbolicLink(Siblings.journal(target), victim);

        assertThat(run("copy", source, target)).isEqualTo(1);

        assertThat(victim).hasContent("precious");
    }

    @Test
    void shouldNotTrustPartialFileWithSecondName() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 100_000, 1);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, new byte[50_000], 50_000);
        Path victim = Files.createLink(folder.resolve("victim"), Siblings.partial(target));

        assertThat(run("copy", source, target, "--resume")).isEqualTo(1);
        assertThat(run("copy", source, target)).isEqualTo(1);

        assertThat(victim).hasSize(50_000);
        assertThat(target).doesNotExist();
    }

    @Test
    void shouldNotReplaceDeviceFolderOrMissingPath() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "x");
        Path into = Files.createDirectories(folder.resolve("into/source"));

        assertThat(run("copy", source, "/dev/null")).isEqualTo(1);
        assertThat(run("copy", source, into.getParent())).isEqualTo(1);
        assertThat(run("copy", source, folder.resolve("missing/target"))).isEqualTo(1);
        assertThat(run("copy", folder.resolve("nothing"), folder.resolve("target"))).isEqualTo(1);
        assertThat(run("copy", into, folder.resolve("target"))).isEqualTo(1);

        assertThat(Files.isRegularFile(Path.of("/dev/null"), LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(folder.resolve("target")).doesNotExist();
    }

    @Test
    void shouldResumeFromWhatTheJournalClaimsAndNoMore() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 2);
        Path target = folder.resolve("target");
        // Behind the claim lies rubbish, as after a crash.
        byte[] partial = Files.readAllBytes(source);
        for (int i = 100_000; i < 200_000; i++) {
            partial[i] = 99;
        }
        TestFiles.plantPartial(source, target, partial, 100_000);

        assertThat(run("copy", source, target, "--resume", "--verify")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-engine", "--engine=cpu"})
    void shouldGoOnWhereTheClaimEndsWithoutWaitingForDiskToo(String option) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 2);
        Path target = folder.resolve("target");
        byte[] partial = Files.readAllBytes(source);
        partial[0] ^= 1;
        TestFiles.plantPartial(source, target, partial, 100_000);

        assertThat(run("copy", source, target, "--resume", "--no-sync", option)).isZero();

        // What the claim covers was not written again.
        assertThat(Files.mismatch(source, target)).isZero();
        byte[] copied = Files.readAllBytes(target);
        copied[0] ^= 1;
        assertThat(copied).isEqualTo(Files.readAllBytes(source));
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldVerifyWhatItGoesOnWithWithoutWaitingForDiskToo() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 2);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, Files.readAllBytes(source), 100_000);

        assertThat(run("copy", source, target, "--resume", "--no-sync", "--verify")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldCatchWrongBytesOfAnEarlierRunWhenVerified() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 3);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, new byte[100_000], 100_000);

        assertThat(run("copy", source, target, "--resume", "--verify")).isEqualTo(1);

        assertThat(target).doesNotExist();
    }

    @Test
    void shouldIgnoreTornLineOfJournal() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 4);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, Files.readAllBytes(source), 100_000);
        Files.writeString(Siblings.journal(target), "{\"safe\":2000", StandardOpenOption.APPEND);

        assertThat(run("copy", source, target, "--resume")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldRefuseToResumeChangedSource() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 6);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, Files.readAllBytes(source), 100_000);
        TestFiles.random(source, 300_000, 7);

        assertThat(run("copy", source, target, "--resume")).isEqualTo(1);
        assertThat(target).doesNotExist();
        assertThat(run("copy", source, target)).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldKeepWhatAnEarlierCopyLeftIfTheEngineGivesNoChannel() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 7);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(source, target, Files.readAllBytes(source), 100_000);
        String claim = Files.readString(Siblings.journal(target));

        assertThat(run("copy", source, target, "--resume", "--engine", "cpu:channels=2"))
                .isEqualTo(1);

        assertThat(target).doesNotExist();
        assertThat(Siblings.partial(target)).exists();
        assertThat(Siblings.journal(target)).hasContent(claim);
        assertThat(run("copy", source, target, "--resume", "--engine", "cpu")).isZero();
        assertThat(TestFiles.same(source, target)).isTrue();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "/proc/version"})
    void shouldTouchNothingIfTheEngineOfAStreamIsNotKnown(String source) throws IOException {
        Path other = TestFiles.random(folder.resolve("other"), 300_000, 7);
        Path target = folder.resolve("target");
        TestFiles.plantPartial(other, target, Files.readAllBytes(other), 100_000);

        assertThat(run("copy", source, target, "--no-engine", "--engine", "nonesuch")).isEqualTo(2);

        assertThat(Siblings.partial(target)).hasSize(300_000);
        assertThat(Siblings.journal(target)).exists();
    }

    @Test
    void shouldStartAnewWhereThereIsNothingToResume() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 300_000, 8);
        Path target = folder.resolve("target");
        Files.writeString(Siblings.partial(target), "no journal beside it");

        assertThat(run("copy", source, target, "--resume")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldSkipFinishedFilesOfResumedTreeOnly() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path done = Files.writeString(tree.resolve("done"), "done");
        Files.writeString(tree.resolve("rest"), "rest");
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Path journalled = Files.createDirectory(copy.resolve("tree"));
        // Of the right size, but only the first is in the journal.
        Files.writeString(journalled.resolve("done"), "DONE");
        Files.writeString(journalled.resolve("rest"), "REST");
        try (TreeJournal journal = TreeJournal.fresh(tree, journalled)) {
            journal.done(Map.of(Path.of("done"), SourceIdentity.of(done)));
        }

        assertThat(run("copy", "-r", "--resume", tree, copy)).isZero();

        assertThat(journalled.resolve("done")).hasContent("DONE");
        assertThat(journalled.resolve("rest")).hasContent("rest");
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldCopyWithoutWaitingForDisk() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Path big = TestFiles.random(tree.resolve("big"), 3_000_001, 7);
        Files.writeString(tree.resolve("small"), "small");
        Path copy = folder.resolve("copy");

        assertThat(run("copy", "-r", "--no-sync", "--verify", tree, copy)).isZero();

        assertThat(copy.resolve("big")).hasSameBinaryContentAs(big);
        assertThat(copy.resolve("small")).hasContent("small");
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldResumeTreeWhereItWasBegunAndNotInsideItself() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        Files.writeString(tree.resolve("rest"), "rest");
        Path begun = Files.createDirectory(folder.resolve("copy"));
        TreeJournal.fresh(tree, begun).close();

        assertThat(run("copy", "-r", "--resume", tree, begun)).isZero();

        assertThat(begun.resolve("rest")).hasContent("rest");
        assertThat(begun.resolve("tree")).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    @DisplayName("a request to end before the copy begins leaves no target")
    void shouldLeaveNoTargetWhenInterrupted() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 5_000_000, 9);
        Path target = folder.resolve("target");
        Interruption interruption = new Interruption();
        interruption.request();

        assertThat(Main.run(interruption, "copy", source.toString(), target.toString()))
                .isEqualTo(130);
        assertThat(target).doesNotExist();
        assertThat(run("copy", source, target, "--resume")).isZero();

        assertThat(TestFiles.same(source, target)).isTrue();
    }

    @Test
    void shouldCopyFilesThatTellNoSize() throws IOException {
        Path target = folder.resolve("target");

        assertThat(run("copy", "/proc/version", target)).isZero();

        assertThat(TestFiles.same(Path.of("/proc/version"), target)).isTrue();
    }
}
