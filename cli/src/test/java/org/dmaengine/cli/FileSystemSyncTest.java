package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One call for all of a file system, where that is as good as one for each file. */
class FileSystemSyncTest {
    @TempDir Path folder;

    @Test
    void shouldForceWhatIsOnTheSameFileSystem() throws IOException {
        try (FileSystemSync sync = open()) {
            Path inner = Files.createDirectory(folder.resolve("inner"));
            Files.writeString(inner.resolve("file"), "bytes");

            assertThat(sync.covers(inner)).isTrue();
            assertThat(sync.covers(Path.of("/proc"))).isFalse();
            assertThatCode(sync::force).doesNotThrowAnyException();
        }
    }

    @Test
    void shouldTellOfFailure() throws Exception {
        open().close();
        try (FileSystemSync closed =
                new FileSystemSync(LinuxCalls.link(), -1, FileSystemType.device(folder))) {
            assertThatThrownBy(closed::force)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("error 9");
        }
    }

    @Test
    void shouldNotTrustOtherFileSystems() throws IOException {
        Path made = Path.of("/proc");
        assumeTrue(Files.exists(made), "there is no /proc");

        assertThat(FileSystemSync.of(made)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ext4, true", "tmpfs, true", "overlay, false", "nfs4, false", "'', false"})
    void shouldTrustFileSystemsThatTellOfFailedWrites(String type, boolean trusted) {
        assertThat(FileSystemSync.trusts(type)).isEqualTo(trusted);
    }

    @ParameterizedTest
    @CsvSource({
        "5.8.0, true",
        "5.10-generic, true",
        "6.18.5, true",
        "10.0, true",
        "5.7.19, false",
        "4.19.0, false",
        "5, false",
        "unknown, false",
        "'', false"
    })
    void shouldTrustKernelsThatTellOfFailedWrites(String version, boolean trusted) {
        assertThat(FileSystemSync.tellsOfFailures(version)).isEqualTo(trusted);
    }

    private FileSystemSync open() throws IOException {
        Optional<FileSystemSync> sync = FileSystemSync.of(folder);
        assumeTrue(sync.isPresent(), "syncfs(2) is not to be had, or not to be trusted here");
        return sync.get();
    }
}
