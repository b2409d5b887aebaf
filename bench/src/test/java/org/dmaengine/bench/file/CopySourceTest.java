package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.bench.Program;
import org.dmaengine.bench.Skip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class CopySourceTest {
    private static final int FILES = 205;

    @TempDir private Path folder;

    @Test
    void shouldMakeTheSameTreeEachTime() throws IOException {
        Tree.make(folder.resolve("a"), FILES);
        Tree.make(folder.resolve("b"), FILES);

        assertThat(Tree.files(folder.resolve("a"))).hasSize(FILES);
        assertThat(difference()).isEmpty();
    }

    @Test
    void shouldTakeTheBytesOfATreeAndNothingElse() throws IOException {
        Tree.make(folder.resolve("a"), FILES);
        Tree.make(folder.resolve("b"), 1);

        Tree.empty(folder.resolve("a"));
        Tree.empty(folder.resolve("never made"));

        assertThat(Tree.files(folder.resolve("a"))).hasSize(FILES);
        assertThat(Tree.bytes(folder.resolve("a"))).isZero();
        assertThat(Tree.bytes(folder.resolve("b"))).isPositive();
    }

    @Test
    void shouldMakeAFileOfAnyLengthWhereNothingIs() throws IOException, Skip {
        Path file = folder.resolve("file");
        TestFile.make(file, (1 << 20) + 7);

        assertThatIOException().isThrownBy(() -> TestFile.make(file, 1));
        assertThat(file).hasSize((1 << 20) + 7);
    }

    @ParameterizedTest
    @EnumSource(names = {"CP", "CP_SYNCED"})
    void shouldCopyTheWholeTreeByTheCommandsOfPeers(CopyCommand peer)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "this machine has no shell");
        Tree.make(folder.resolve("a"), FILES);

        Program.run(peer.command(Path.of("dmaengine"), folder.resolve("a"), folder.resolve("b")));

        assertThat(Tree.files(folder.resolve("b"))).hasSize(FILES);
        assertThat(difference()).isEmpty();
    }

    @Test
    void shouldTellWhatAProgramSaidWhenItFailed() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "this machine has no shell");

        assertThatIOException()
                .isThrownBy(() -> Program.run(List.of("sh", "-c", "echo why >&2; exit 3")))
                .withMessageContaining("why");
    }

    /** Files of the one that the other has not, or not so. */
    private List<Path> difference() throws IOException {
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        return Tree.files(a).stream()
                .filter(file -> {
                    try {
                        return Files.mismatch(file, b.resolve(a.relativize(file))) >= 0;
                    } catch (IOException unreadable) {
                        return true;
                    }
                })
                .toList();
    }
}
