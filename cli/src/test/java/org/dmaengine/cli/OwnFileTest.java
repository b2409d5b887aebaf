package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file, its lock and its name, when another copy comes between two of them. */
final class OwnFileTest {
    @TempDir Path folder;

    private Path path = Path.of("");

    @BeforeEach
    void choosePath() {
        path = folder.resolve("own");
    }

    @Test
    @DisplayName("taken for a left-over between its making and its lock")
    void shouldNotLockWhatHasLostItsName() throws IOException {
        FileChannel made = make();
        OwnFile.discardLeftOver(path);

        assertThatThrownBy(() -> OwnFile.lockMade(path, made))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void shouldTellOfTheCopyThatHasTheNameInstead() throws IOException {
        FileChannel made = make();
        OwnFile.discardLeftOver(path);
        try (OwnFile another = OwnFile.create(path)) {
            assertThatThrownBy(() -> OwnFile.lockMade(path, made))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("another copy");

            assertThat(another.isInPlace()).isTrue();
        }
    }

    @Test
    @DisplayName("renamed or replaced between the look at it and its lock")
    void shouldNotTakeUpAnotherFileThanTheOneThatHasTheName() throws IOException {
        Files.createFile(path);
        FoundFile found = FoundFile.at(path);
        FileChannel opened = FileChannel.open(path, StandardOpenOption.WRITE);
        Files.move(path, folder.resolve("finished"));
        Files.createFile(path);

        assertThatThrownBy(() -> OwnFile.locked(path, opened, found))
                .isInstanceOf(NoSuchFileException.class);

        assertThat(opened.isOpen()).isFalse();
        assertThat(path).exists();
    }

    @Test
    void shouldKnowThatItHasLostItsLock() throws IOException {
        try (OwnFile own = OwnFile.create(path)) {
            own.channel().write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}));
            own.renewLock();
            assertThat(own.isInPlace()).isTrue();
            Files.delete(path);
            assertThat(own.isInPlace()).isFalse();
            assertThatThrownBy(own::renewLock).isInstanceOf(CommandFailure.class);
            Files.createFile(path);
            assertThatThrownBy(own::requireInPlace).isInstanceOf(CommandFailure.class);
        }
        assertThat(path).exists();
    }

    @Test
    void shouldTakeUpWhatACopyLeftReadOnly() throws IOException {
        Files.writeString(path, "left");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
        assumeTrue(!Files.isWritable(path), "root can write to everything");

        try (OwnFile own = OwnFile.openLeftOver(path)) {
            assertThat(own.channel().size()).isEqualTo(4);
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(OwnFile.OWNER_ONLY);
        }
        OwnFile.discardLeftOver(path);

        assertThat(path).doesNotExist();
    }

    /** As a copy does before it locks it. */
    private FileChannel make() throws IOException {
        return FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                OwnFile.mode(OwnFile.OWNER_ONLY));
    }
}
