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
    void shouldTellOfMissingFile() {
        assertThatThrownBy(() -> ToldSizes.isTold(folder.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class);
    }
}
