package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Copies inside the kernel, and what is asked before. */
class KernelCopyTest {
    private static final int BYTES = 1_000_003;

    @TempDir Path folder;

    @BeforeEach
    void requireLinux() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the calls are Linux's");
    }

    @Test
    void shouldKnowFileWithoutHole() throws IOException {
        Path whole = TestFiles.random(folder.resolve("file ä"), BYTES, 1);

        assertThat(KernelCopy.hasNoHole(whole, BYTES)).isTrue();
        // It has become shorter or longer.
        assertThat(KernelCopy.hasNoHole(whole, BYTES - 1)).isFalse();
        assertThat(KernelCopy.hasNoHole(whole, BYTES + 1)).isFalse();
    }

    @Test
    void shouldFindHoleInTheMiddleAndAtTheEnd() throws IOException {
        Path middle = folder.resolve("middle");
        try (FileChannel file =
                FileChannel.open(middle, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), BYTES - 1);
        }
        Path end = TestFiles.random(folder.resolve("end"), 5, 1);
        assertThat(new ProcessBuilder("truncate", "-s", "" + BYTES, end.toString()).start())
                .satisfies(truncate -> assertThat(truncate.waitFor()).isZero());

        assertThat(KernelCopy.hasNoHole(middle, BYTES)).isFalse();
        assertThat(KernelCopy.hasNoHole(end, BYTES)).isFalse();
    }

    @Test
    void shouldNotTakeWhatCannotBeOpened() {
        assertThat(KernelCopy.hasNoHole(folder.resolve("missing"), 0)).isFalse();
    }

    @Test
    void shouldCopyFromOneOffsetToTheSame() throws IOException {
        Path from = TestFiles.random(folder.resolve("from"), BYTES, 2);
        Path to = folder.resolve("to");
        try (FileChannel source = FileChannel.open(from);
                FileChannel target =
                        FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(KernelCopy.copy(source, target, 100, BYTES)).isEqualTo(BYTES - 100);
            assertThat(KernelCopy.copy(source, target, 0, 100)).isEqualTo(100);
            // Nothing is left there.
            assertThat(KernelCopy.copy(source, target, BYTES, 1)).isZero();
        }
        assertThat(to).hasSameBinaryContentAs(from);
    }

    @Test
    void shouldTellNothingWhereItFails() throws IOException {
        Path from = TestFiles.random(folder.resolve("from"), BYTES, 3);
        FileChannel closed =
                FileChannel.open(Files.createFile(folder.resolve("to")), StandardOpenOption.WRITE);
        closed.close();
        try (FileChannel source = FileChannel.open(from)) {
            assertThat(KernelCopy.copy(source, closed, 0, BYTES)).isZero();
        }
    }
}
