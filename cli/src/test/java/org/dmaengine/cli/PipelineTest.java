package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.Peripheral;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;

/** Under a limit what comes is counted, and nothing else. */
class PipelineTest {
    private static final long SECOND_NANOS = 1_000_000_000;

    @TempDir Path folder;

    // A clock that stands still: what is counted stays to be rested for.
    private static RateLimit limit(long bytesPerSecond) {
        return new RateLimit(bytesPerSecond, () -> 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5000})
    void shouldCountOnlyWhatAStreamBrings(int bytes) throws IOException {
        long bytesPerSecond = 1 << 20;
        RateLimit limit = limit(bytesPerSecond);
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink()) {
            sink.write(ByteBuffer.allocate(bytes));
        }

        try (Pipe.SourceChannel stream = pipe.source()) {
            Endpoint source = Endpoint.of(new Peripheral.Stream(stream));
            assertThat(move(source, Long.MAX_VALUE, limit)).isEqualTo(bytes);
        }

        assertThat(limit.restNanos(0)).isEqualTo(bytes * SECOND_NANOS / bytesPerSecond);
    }

    @Test
    void shouldCountEachByteOfAFileOnce() throws IOException {
        int bytes = (1 << 20) + 1;
        long bytesPerSecond = 1 << 30;
        RateLimit limit = limit(bytesPerSecond);
        Path path = TestFiles.random(folder.resolve("source"), bytes, 1);

        try (OpenSource source = OpenSource.of(path)) {
            assertThat(move(source.endpoint(), bytes, limit)).isEqualTo(bytes);
        }

        long due = bytes * SECOND_NANOS / bytesPerSecond;
        // A nanosecond of each block is rounded away.
        assertThat(limit.restNanos(0)).isBetween(due - 5, due);
    }

    /** Answers how much has come to a file. */
    private long move(Endpoint source, long untilBytes, RateLimit limit) throws IOException {
        Path path = folder.resolve("target");
        DmaEngine engine = DmaEngines.open("cpu");
        Lanes lanes = Lanes.open(engine, "test", 4, 8, BlockSizes.DEFAULT, limit, System::nanoTime);
        try (engine;
                TargetFile target =
                        TargetFile.create(
                                new Destination(path, path, false), OwnFile.OWNER_ONLY, false)) {
            Pipeline pipeline =
                    new Pipeline(
                            lanes, new Interruption(), source, target.endpoint(), new Unheard());
            Pipeline.Result result = pipeline.run(0, untilBytes);
            assertThat(result.end()).isEqualTo(Pipeline.End.DONE);
            return result.prefixBytes();
        } finally {
            lanes.free();
        }
    }

    private static final class Unheard implements Pipeline.Listener {
        @Override
        public boolean wantsData() {
            return false;
        }

        @Override
        public void read(MemorySegment data) {
            // Nobody looks at it here.
        }

        @Override
        public void written(long prefixBytes) {
            // Told at the end as well.
        }
    }
}
