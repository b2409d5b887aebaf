package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What keeps two copies to one target apart, from the first byte to the name. */
final class PartialFileTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 300;

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"rw-r--r--", "r--r--r--", "rw-------"})
    @DisplayName("mode and times do not open it to another copy")
    void shouldStayLockedUntilItHasItsName(String mode) throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "of the first");
        Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString(mode));
        Path another = Files.writeString(folder.resolve("another"), "of another");
        Path target = folder.resolve("target");
        TargetAttributes attributes =
                TargetAttributes.of(
                        Optional.of(source),
                        Optional.of(TargetAttributes.look(source)),
                        target,
                        false,
                        true);
        try (PartialFile partial = fresh(Destination.of(target))) {
            write(partial, "of the first");
            partial.apply(attributes);

            Cli.Result second = Cli.run("copy", another.toString(), target.toString());
            Cli.Result third = Cli.run("copy", "--resume", another.toString(), target.toString());

            assertThat(second.code()).as(second.toString()).isEqualTo(1);
            assertThat(second.err()).contains("another copy to the same target is running");
            assertThat(third.code()).as(third.toString()).isEqualTo(1);
            partial.publish();
        }

        assertThat(target).hasContent("of the first");
        assertThat(Files.getPosixFilePermissions(target))
                .isEqualTo(PosixFilePermissions.fromString(mode));
        assertThat(Files.getLastModifiedTime(target)).isEqualTo(Files.getLastModifiedTime(source));
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLetItsOwnerTakeItUpAgainUntilItHasItsName(boolean isNew) throws IOException {
        Path target = folder.resolve("target");
        Destination to = isNew ? Destination.inNewFolder(target, "tag") : Destination.of(target);
        Set<PosixFilePermission> mode = PosixFilePermissions.fromString("r--r-----");
        try (PartialFile partial = fresh(to)) {
            write(partial, "content");
            partial.apply(
                    new TargetAttributes(Optional.of(mode), Optional.empty(), Optional.empty()));

            assertThat(Files.getPosixFilePermissions(to.partial())).isEqualTo(OwnFile.OWNER_ONLY);
            partial.publish();
        }

        assertThat(target).hasContent("content");
        assertThat(Files.getPosixFilePermissions(target)).isEqualTo(mode);
    }

    @Test
    void shouldNotGiveItsNameToWhatIsNotItsOwn() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "as it was");
        try (PartialFile partial = fresh(Destination.of(target))) {
            write(partial, "whole");
            Files.delete(partial.path());
            Files.writeString(partial.path(), "hal");

            assertThatThrownBy(partial::publish)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining(partial.path().toString());
            partial.discard();

            assertThat(partial.path()).as("that of another copy").hasContent("hal");
        }
        assertThat(target).hasContent("as it was");
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4, 1 << 20, (1 << 20) + 7})
    void shouldGoOnBehindAHole(long safeBytes) throws IOException {
        Destination to = Destination.of(folder.resolve("target"));
        SourceIdentity source = SourceIdentity.of(folder);
        try (PartialFile partial = PartialFile.fresh(to, source, OwnFile.OWNER_ONLY, false)) {
            // What follows up to the place that is safe are zeros, and left out.
            write(partial, "abc");
            partial.secure(safeBytes);
        }

        Optional<PartialFile> resumed = PartialFile.resumed(to, source, false);

        assertThat(resumed).isPresent();
        try (PartialFile partial = resumed.orElseThrow()) {
            assertThat(partial.startBytes()).isEqualTo(safeBytes);
            byte[] expected = new byte[(int) safeBytes];
            System.arraycopy("abc".getBytes(StandardCharsets.UTF_8), 0, expected, 0, 3);
            assertThat(Files.readAllBytes(partial.path())).isEqualTo(expected);
        }
    }

    @Test
    void shouldNotTakeForALeftOverWhatIsOnItsWayToAFolderOfItsOwn() throws IOException {
        Destination to = Destination.inNewFolder(folder.resolve("target"), "tag");
        try (PartialFile partial = fresh(to)) {
            write(partial, "content");

            assertThatThrownBy(() -> fresh(to))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("in the way");
            partial.publish();
        }
        assertThat(to.path()).hasContent("content");
    }

    @Test
    void shouldDropWhatRootLeftOfAnothersFile() throws IOException {
        Path source = Files.writeString(folder.resolve("source"), "new");
        Path target = Files.writeString(folder.resolve("target"), "old");
        Path left = Files.writeString(Siblings.partial(target), "left");
        try {
            Files.setAttribute(target, "unix:uid", 65534);
            Files.setAttribute(left, "unix:uid", 65534);
        } catch (IOException notRoot) {
            Assumptions.abort("only root gives files away");
        }

        Cli.Result result = Cli.run("copy", source.toString(), target.toString());

        assertThat(result.code()).as(result.toString()).isZero();
        assertThat(target).hasContent("new");
        assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(65534);
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    @Test
    @DisplayName("of several that begin at once, each has the file to itself or none of it")
    void shouldBelongToOneCopyAtATime() throws Exception {
        Path target = folder.resolve("target");
        List<Future<Boolean>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                String content = "content of " + i;
                running.add(threads.submit(copies(target, content)));
            }
            for (Future<Boolean> each : running) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(TestFiles.leftOvers(folder)).isEmpty();
    }

    /** Some are given up, some get their name. */
    private static Callable<Boolean> copies(Path target, String content) {
        return () -> {
            for (int round = 0; round < ROUNDS; round++) {
                try (PartialFile partial = fresh(Destination.of(target))) {
                    write(partial, content);
                    assertThat(partial.path()).hasContent(content);
                    if (round % 2 == 0) {
                        partial.discard();
                    } else {
                        partial.publish();
                    }
                } catch (CommandFailure busy) {
                    assertThat(busy).hasMessageContaining("another copy");
                }
            }
            return true;
        };
    }

    private static PartialFile fresh(Destination to) throws IOException {
        return PartialFile.fresh(to, SourceIdentity.ofStream(), OwnFile.OWNER_ONLY, false);
    }

    private static void write(PartialFile partial, String content) throws IOException {
        partial.file().channel().write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
    }
}
