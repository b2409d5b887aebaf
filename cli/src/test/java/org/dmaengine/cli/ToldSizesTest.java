package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Which files of no length are empty. */
class ToldSizesTest {
    @TempDir Path folder;

    @Test
    void shouldTrustFileSystemThatKeepsItsFiles() throws IOException {
        String type = Files.getFileStore(folder).type();
        assumeTrue(
                List.of("ext4", "xfs", "btrfs", "tmpfs", "overlay").contains(type),
                () -> "the folder for tests is on " + type);
        Path empty = Files.createFile(folder.resolve("empty"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), empty);

        assertThat(ToldSizes.isTold(empty)).isTrue();
        assertThat(ToldSizes.isTold(link)).isTrue();
    }

    @Test
    void shouldNotTrustFilesThatTheKernelMakesUp() throws IOException {
        Path version = Path.of("/proc/version");
        assumeTrue(Files.exists(version), "there is no /proc");

        assertThat(ToldSizes.isTold(version)).isFalse();
        assertThat(ToldSizes.isTold(Files.createSymbolicLink(folder.resolve("link"), version)))
                .isFalse();
    }

    @Test
    void shouldNotTrustSizesThatTheKernelMakesUp() throws IOException {
        Path made = Path.of("/sys/kernel/fscaps");
        assumeTrue(Files.isReadable(made), "there is no /sys");
        Path kept = Files.writeString(folder.resolve("kept"), "x");

        assertThat(ToldSizes.isTold(made, TargetAttributes.look(made))).isFalse();
        assertThat(ToldSizes.isTold(kept, TargetAttributes.look(kept))).isTrue();
        Path target = folder.resolve("target");
        assertThat(Main.run(new Interruption(), "copy", made.toString(), target.toString()))
                .isZero();
        assertThat(target).hasBinaryContent(Files.readAllBytes(made));
    }

    @Test
    void shouldKnowDiskByTheNumberOfItsDevice() throws IOException {
        assumeTrue(OwnFile.POSIX, "no devices here");
        long device = ((Number) FileSystemType.device(folder)).longValue();

        assertThat(FileSystemType.device(TargetAttributes.look(folder))).contains(device);
        assertThat(FileSystemType.isOnDisk(0x803)).isTrue();
        assertThat(FileSystemType.isOnDisk(0x1000000000803L)).isTrue();
        assertThat(FileSystemType.isOnDisk(0xff00012L)).isFalse();
    }

    @Test
    void shouldTellOfMissingFile() {
        assertThatThrownBy(() -> ToldSizes.isTold(folder.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
