package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** One file of many, copied some time after it was looked at. */
final class FileCopyTest {
    @TempDir Path folder;

    private final Interruption interruption = new Interruption();

    @Test
    void shouldCopyWhatHasChangedSinceItWasSeenAsItIsNow() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "then");
        BasicFileAttributes seen = TargetAttributes.look(source);
        Files.writeString(source, "longer now");
        Path target = folder.resolve("target");

        write(source, seen, target, () -> {});

        assertThat(target).hasContent("longer now");
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldRefuseWhatChangesWheneverItIsRead() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "then");
        BasicFileAttributes seen = TargetAttributes.look(source);
        Path target = folder.resolve("target");

        assertThatThrownBy(() ->
                        write(
                                source,
                                seen,
                                target,
                                () ->
                                        attempt(() ->
                                                Files.writeString(
                                                        source,
                                                        ", more",
                                                        StandardOpenOption.APPEND))))
                .isInstanceOf(SourceChanged.class)
                .hasMessageContaining(source.toString());

        assertThat(target).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldNotReadALargeFileTwiceThatHasChanged() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), TreeCopy.SMALL_BYTES + 1, 1);
        BasicFileAttributes seen = TargetAttributes.look(source);
        AtomicInteger reads = new AtomicInteger();
        Files.setLastModifiedTime(source, FileTime.fromMillis(0));

        assertThatThrownBy(
                        () -> write(source, seen, folder.resolve("target"), reads::incrementAndGet))
                .isInstanceOf(SourceChanged.class);

        assertThat(reads).hasValue(1);
    }

    @Test
    void shouldSayThatASourceWasTakenAwayMeanwhile() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), TreeCopy.SMALL_BYTES + 1, 1);
        BasicFileAttributes seen = TargetAttributes.look(source);
        Path target = folder.resolve("target");

        assertThatThrownBy(() ->
                        write(source, seen, target, () -> attempt(() -> Files.delete(source))))
                .isInstanceOf(SourceChanged.class)
                .hasMessageContaining(source + " was removed");

        assertThat(target).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldNotFollowALinkThatHasTakenThePlaceOfAFile() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Path source = Files.writeString(folder.resolve("source"), "as new");
        Files.setLastModifiedTime(secret, Files.getLastModifiedTime(source));
        BasicFileAttributes seen = TargetAttributes.look(source);
        Path target = folder.resolve("target");
        Files.delete(source);
        Files.createSymbolicLink(source, secret);

        requireNoneAnyMore(source, seen, target, () -> {});
    }

    @Test
    void shouldNotFollowALinkThatTakesThePlaceMeanwhile() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Path source = Files.writeString(folder.resolve("source"), "as new");
        BasicFileAttributes seen = TargetAttributes.look(source);

        requireNoneAnyMore(
                source,
                seen,
                folder.resolve("target"),
                () ->
                        attempt(() -> {
                            Files.delete(source);
                            Files.createSymbolicLink(source, secret);
                        }));
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAFifoThatHasTakenThePlaceOfAFile() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "as new");
        BasicFileAttributes seen = TargetAttributes.look(source);
        Files.delete(source);
        TestFiles.fifo(source);

        requireNoneAnyMore(source, seen, folder.resolve("target"), () -> {});
    }

    private void requireNoneAnyMore(
            Path source, BasicFileAttributes seen, Path target, Runnable meanwhile) {
        assertThatThrownBy(() -> write(source, seen, target, meanwhile))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(source + " is not the file any more that was found");
        assertThat(target).doesNotExist();
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    void shouldNotMeetAnotherCopyToTheSameName() throws IOException {
        Path target = folder.resolve("target");
        Path first = Files.writeString(folder.resolve("first"), "of the first");
        Path second = Files.writeString(folder.resolve("second"), "of the second");

        try (WholeFile slow =
                write(
                        first,
                        TargetAttributes.look(first),
                        Destination.inNewFolder(target, "tag"),
                        () -> {})) {
            write(second, TargetAttributes.look(second), target, () -> {});
            assertThat(target).hasContent("of the second");
            slow.publish();
        }

        assertThat(target).hasContent("of the first");
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotOpenWhatWasClosedToOthersMeanwhile(boolean isNew) throws IOException {
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw--w----");
        Path source = Files.writeString(folder.resolve("source"), "new");
        Path target = folder.resolve("target");
        if (!isNew) {
            Files.writeString(target, "old");
        }

        write(
                source,
                TargetAttributes.look(source),
                target,
                () ->
                        attempt(() -> {
                            Files.writeString(target, "old");
                            Files.setPosixFilePermissions(target, mode);
                        }));

        assertThat(target).hasContent("new");
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(mode);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotReplaceWhatBecameAnotherThingMeanwhile(boolean link) throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "new");
        Path target = Files.writeString(folder.resolve("target"), "old");
        Path other = folder.resolve("other");
        TestFiles.fifo(other);
        Runnable meanwhile =
                () ->
                        attempt(() -> {
                            Files.delete(target);
                            if (link) {
                                Files.createSymbolicLink(target, source);
                            } else {
                                Files.move(other, target);
                            }
                        });

        assertThatThrownBy(() -> write(source, TargetAttributes.look(source), target, meanwhile))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(target + " is no plain file any more");

        BasicFileAttributes there = TargetAttributes.look(target, LinkOption.NOFOLLOW_LINKS);
        assertThat(there.isSymbolicLink()).isEqualTo(link);
        assertThat(there.isOther()).isEqualTo(!link);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    /** What the file system may refuse, where it must not. */
    private interface Step {
        void run() throws IOException;
    }

    private static void attempt(Step step) {
        try {
            step.run();
        } catch (IOException problem) {
            throw new AssertionError(problem);
        }
    }

    private void write(Path source, BasicFileAttributes seen, Path target, Runnable meanwhile)
            throws IOException {
        try (WholeFile whole = write(source, seen, Destination.of(target), meanwhile)) {
            whole.publish();
        }
    }

    /**
     * All but its name.
     *
     * @param meanwhile done each time the file is read
     */
    private WholeFile write(
            Path source, BasicFileAttributes seen, Destination to, Runnable meanwhile) {
        Mover mover =
                new DirectMover(
                        interruption,
                        new RateLimit(0, System::nanoTime),
                        1 << 16,
                        new ForNothing(),
                        _ -> {
                            meanwhile.run();
                            return false;
                        });
        FileCopy copy =
                new FileCopy(
                        mover,
                        interruption,
                        new CopyOptions(),
                        new Progress(System.err, false, System::nanoTime),
                        new CopyReport(),
                        false);
        return copy.write(source, seen, to).orElseThrow();
    }

    /** There is nothing that the direct mover leaves to another. */
    private static final class ForNothing implements Mover {
        @Override
        public Pipeline.Result move(
                OpenSource source, TargetFile target, long fromBytes, Pipeline.Listener listener) {
            throw new AssertionError(source.name() + " was left to another mover");
        }

        @Override
        public boolean writesWholeUnits(OpenSource source) {
            return false;
        }

        @Override
        public boolean isQuiesced() {
            return true;
        }
    }
}
