package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small files, which their thread copies itself. */
class DirectMoverTest {
    private static final int BLOCK_BYTES = 16 << 10;

    @TempDir Path folder;

    private final long seed = System.nanoTime() & 0xffff;
    private final Interruption interruption = new Interruption();
    private final List<Long> prefixes = new ArrayList<>();
    private final Pipeline.Result ofOther =
            new Pipeline.Result(Pipeline.End.DONE, 7, Optional.empty());

    private boolean isOtherQuiet = true;

    private final DirectMover mover =
            new DirectMover(
                    interruption,
                    new RateLimit(0, System::nanoTime),
                    BLOCK_BYTES,
                    new Other(),
                    source -> source.name().endsWith("for-other"));

    @ParameterizedTest
    @ValueSource(ints = {1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 5 * BLOCK_BYTES + 77})
    void shouldMoveFilesOfAnyLength(int bytes) throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), bytes, seed);
        Path target = folder.resolve("target");

        Pipeline.Result result = move(source, target, data -> {});

        assertThat(result.end()).isEqualTo(Pipeline.End.DONE);
        assertThat(result.prefixBytes()).isEqualTo(bytes);
        assertThat(prefixes.getLast()).as("seed %d", seed).isEqualTo(bytes);
        assertThat(target).as("seed %d", seed).hasSameBinaryContentAs(source);
        assertThat(mover.isQuiesced()).isTrue();
    }

    @Test
    void shouldLeaveOutRunsOfZeros() throws Exception {
        byte[] content = new byte[4 * BLOCK_BYTES];
        content[BLOCK_BYTES + 5] = 1;
        content[content.length - 1] = 2;
        Path source = Files.write(folder.resolve("source"), content);
        Path target = folder.resolve("target");

        move(source, target, data -> {});

        assertThat(target).hasBinaryContent(content);
        assertThat(TestFiles.allocatedBytes(target)).isLessThanOrEqualTo(content.length / 2);
    }

    @Test
    void shouldStopBeforeTheNextBlockWhenInterrupted() throws IOException {
        Path source = TestFiles.random(folder.resolve("source"), 3 * BLOCK_BYTES, seed);

        Pipeline.Result result =
                move(source, folder.resolve("target"), data -> interruption.request());

        assertThat(result.end()).isEqualTo(Pipeline.End.INTERRUPTED);
        assertThat(result.prefixBytes()).isEqualTo(BLOCK_BYTES);
    }

    @Test
    void shouldTellWhichSideFailed() throws IOException {
        Path path = TestFiles.random(folder.resolve("source"), 3 * BLOCK_BYTES, seed);
        TargetFile closedTarget = create(folder.resolve("closed"));
        closedTarget.close();
        try (OpenSource source = OpenSource.of(path)) {
            Pipeline.Result result = mover.move(source, closedTarget, 0, listener(data -> {}));

            assertThat(result.end()).isEqualTo(Pipeline.End.WRITE_FAILED);
            assertThat(result.error()).isPresent();
        }
        OpenSource closedSource = OpenSource.of(path);
        closedSource.close();
        try (TargetFile target = create(folder.resolve("target"))) {
            Pipeline.Result result =
                    mover.move(closedSource, target, BLOCK_BYTES, listener(data -> {}));

            assertThat(result.end()).isEqualTo(Pipeline.End.READ_FAILED);
            assertThat(result.prefixBytes()).isEqualTo(BLOCK_BYTES);
        }
    }

    @Test
    void shouldEndWhereTheSourceEndsMeanwhile() throws IOException {
        Path path = TestFiles.random(folder.resolve("source"), 3 * BLOCK_BYTES, seed);
        try (OpenSource source = OpenSource.of(path);
                TargetFile target = create(folder.resolve("target"))) {
            try (FileChannel other = FileChannel.open(path, StandardOpenOption.WRITE)) {
                other.truncate(BLOCK_BYTES + 3);
            }

            Pipeline.Result result = mover.move(source, target, 0, listener(data -> {}));

            assertThat(result.end()).isEqualTo(Pipeline.End.DONE);
            assertThat(result.prefixBytes()).isEqualTo(BLOCK_BYTES + 3);
        }
    }

    @Test
    void shouldLeaveStreamsToWhatCanBeStopped() throws IOException {
        Path stream = Path.of("/proc/version");
        assumeTrue(Files.exists(stream), "there is no /proc, whose files tell no size");

        assertThat(move(stream, folder.resolve("target"), data -> {})).isSameAs(ofOther);
    }

    @Test
    void shouldLeaveToTheOtherWhatItIsToldTo() throws IOException {
        Path path = TestFiles.random(folder.resolve("for-other"), BLOCK_BYTES, seed);

        assertThat(move(path, folder.resolve("target"), data -> {})).isSameAs(ofOther);

        try (OpenSource forOther = OpenSource.of(path);
                OpenSource mine = OpenSource.of(Files.write(folder.resolve("mine"), new byte[1]))) {
            assertThat(mover.writesWholeUnits(forOther)).isTrue();
            assertThat(mover.writesWholeUnits(mine)).isFalse();
        }
    }

    @Test
    void shouldBeAsQuietAsTheOther() {
        assertThat(mover.isQuiesced()).isTrue();
        isOtherQuiet = false;
        assertThat(mover.isQuiesced()).isFalse();
    }

    private Pipeline.Result move(Path from, Path to, Reading reading) throws IOException {
        try (OpenSource source = OpenSource.of(from);
                TargetFile target = create(to)) {
            return mover.move(source, target, 0, listener(reading));
        }
    }

    private static TargetFile create(Path path) throws IOException {
        return TargetFile.create(new Destination(path, path, false), OwnFile.OWNER_ONLY, false);
    }

    private interface Reading {
        void of(MemorySegment data);
    }

    private Pipeline.Listener listener(Reading reading) {
        return new Pipeline.Listener() {
            @Override
            public boolean wantsData() {
                return true;
            }

            @Override
            public void read(MemorySegment data) {
                reading.of(data);
            }

            @Override
            public void written(long prefixBytes) {
                prefixes.add(prefixBytes);
            }
        };
    }

    /** Tells that it was asked, and is never quiet. */
    private final class Other implements Mover {
        @Override
        public Pipeline.Result move(
                OpenSource source, TargetFile target, long fromBytes, Pipeline.Listener listener) {
            return ofOther;
        }

        @Override
        public boolean writesWholeUnits(OpenSource source) {
            return true;
        }

        @Override
        public boolean isQuiesced() {
            return isOtherQuiet;
        }
    }
}
