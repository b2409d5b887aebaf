package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

class WholeFileTest {
    @TempDir private Path folder;

    @Test
    void shouldReplaceAFileOnlyByAWholeOne() throws IOException {
        Path file = folder.resolve("report.json");
        WholeFile.write(file, "old");
        WholeFile.write(file, "new");
        assertThat(file).hasContent("new");
        Path nowhere = folder.resolve("missing").resolve("report.json");
        assertThatIOException().isThrownBy(() -> WholeFile.write(nowhere, "text"));
        requireOnly(file);
    }

    @Test
    void shouldReplaceWhatALinkLeadsToAndKeepTheLink() throws IOException {
        Path file = Files.writeString(folder.resolve("report.json"), "a longer old one");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("report.json"));
        WholeFile.requirePlace(link);
        WholeFile.write(link, "new");
        assertThat(file).hasContent("new");
        assertThat(link).isSymbolicLink();
        requireOnly(file, link);
    }

    @Test
    void shouldMakeWhatALinkLeadsTo() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("report.json"));
        WholeFile.requirePlace(link);
        WholeFile.write(link, "new");
        assertThat(folder.resolve("report.json")).hasContent("new");
        assertThat(link).isSymbolicLink();
    }

    @Test
    void shouldWriteIntoADevice() throws IOException {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "this machine has no such device");
        Path link = Files.createSymbolicLink(folder.resolve("link"), device);
        WholeFile.requirePlace(link);
        WholeFile.write(link, "text");
        assertThat(link).isSymbolicLink();
        assertThat(Files.isRegularFile(device)).isFalse();
        requireOnly(link);
    }

    @Test
    void shouldWriteIntoAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        try {
            assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
        } catch (IOException missing) {
            assumeTrue(false, "this machine has no mkfifo");
        }
        WholeFile.requirePlace(pipe);
        FutureTask<String> reader = new FutureTask<>(() -> Files.readString(pipe));
        Thread thread = Thread.ofPlatform().start(reader);
        WholeFile.write(pipe, "text");
        assertThat(reader.get()).isEqualTo("text");
        thread.join();
        requireOnly(pipe);
    }

    @Test
    void shouldRefuseAFolder() {
        assertThatIOException().isThrownBy(() -> WholeFile.requirePlace(folder));
    }

    private void requireOnly(Path... there) throws IOException {
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(there);
        }
    }
}
