package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** The engine on a fake kernel where nothing goes wrong: the ground of all tests on it. */
@Timeout(60)
class FakeKernelTest {
    static List<UringOptions> options() {
        return List.of(
                FakeOptions.workers(),
                FakeOptions.workers("workers", "2", "files", "0", "spins", "100"),
                FakeOptions.workers("entries", "1", "depth", "1", "chunk", "4096"),
                FakeOptions.inline());
    }

    @ParameterizedTest
    @MethodSource("options")
    @DisplayName("files are read and written at their offsets, in one and in several buffers")
    void shouldMoveBytesOfFiles(UringOptions options) {
        try (FakeBench bench = new FakeBench(options)) {
            FakeFileChannel file = bench.file(10_000);
            DmaChannel channel = bench.channel();
            MemorySegment first = bench.memory(100);
            MemorySegment second = bench.memory(20_000);
            Transfer read = FakeBench.read(channel, file, 50, first, second);
            assertThat(bench.outcome(read).bytes()).isEqualTo(9_950);
            assertThat(bench.outcome(read).outcome()).isEqualTo(Outcome.COMPLETE);
            byte[] expected = FakeBench.bytes(10_000);
            assertThat(FakeBench.bytes(first)).isEqualTo(slice(expected, 50, 100));
            assertThat(FakeBench.bytes(second.asSlice(0, 9_850)))
                    .isEqualTo(slice(expected, 150, 9_850));
            Transfer write =
                    FakeBench.write(channel, file, 9_000, bench.memory(slice(expected, 7, 3_000)));
            assertThat(bench.outcome(write).isWhole()).isTrue();
            assertThat(slice(file.bytes(), 9_000, 3_000)).isEqualTo(slice(expected, 7, 3_000));
            assertThat(file.bytes()).hasSize(12_000);
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    @DisplayName("pipes are waited for, and end with their last writer")
    void shouldMoveBytesOfPipes(UringOptions options) {
        for (boolean waits : new boolean[] {true, false}) {
            try (FakeBench bench = new FakeBench(options)) {
                FakePipe pipe = new FakePipe(4096, waits);
                FakeStreamChannel source = bench.stream(pipe.source());
                FakeStreamChannel sink = bench.stream(pipe.sink());
                DmaChannel reader = bench.channel();
                DmaChannel writer = bench.channel();
                byte[] expected = FakeBench.bytes(50_000);
                MemorySegment target = bench.memory(60_000);
                Transfer read = FakeBench.read(reader, source, 0, target);
                Transfer write = FakeBench.write(writer, sink, 0, bench.memory(expected));
                assertThat(bench.outcome(write).isWhole()).isTrue();
                bench.eventually(() -> pipe.readBytes() == 50_000);
                // The engine holds the open file for a while, and lets it go when it is closed.
                FakeBench.close(sink);
                assertThat(bench.outcome(read).bytes()).isEqualTo(50_000);
                assertThat(FakeBench.bytes(target.asSlice(0, 50_000))).isEqualTo(expected);
            }
        }
    }

    private static byte[] slice(byte[] bytes, int from, int length) {
        return java.util.Arrays.copyOfRange(bytes, from, from + length);
    }
}
