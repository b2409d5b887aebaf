package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rings of the machine's own kernel that are small, or polled by a thread of it. */
@Timeout(120)
class SubmissionPollTest {
    private static final int READERS = 2_000;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int ROUNDS = 20;

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"0", "20"})
    @DisplayName("E16: 2,000 looks that end in one moment lose nothing in a ring of 256 places")
    void shouldLoseNothingAtOverflow(String sqpoll) throws IOException {
        EngineOptions options =
                EngineOptions.defaults().with("entries", "1").with("sqpoll", sqpoll);
        try (DescriptorChannel event = DescriptorChannel.eventDescriptor(0, true);
                KernelBench bench = new KernelBench(options)) {
            PeripheralConfig read = PeripheralConfig.read(new Peripheral.Messages(event));
            MemorySegment memory = bench.arena.allocate(READERS * Long.BYTES, Long.BYTES);
            List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                DmaChannel channel = bench.engine.requestChannel(Capability.PERIPHERAL);
                MemorySegment own = memory.asSlice((long) i * Long.BYTES, Long.BYTES);
                transfers.add(channel.submit(channel.prepPeripheralSg(read, List.of(own))));
                channel.issuePending();
            }
            bench.settle();
            ByteBuffer all =
                    ByteBuffer.allocate(Long.BYTES).order(java.nio.ByteOrder.nativeOrder());
            // All look at one event, which lets each take 1.
            event.write(all.putLong(0, READERS));
            for (int i = 0; i < READERS; i++) {
                assertThat(bench.result(transfers.get(i)).isWhole()).isTrue();
                assertThat(memory.getAtIndex(ValueLayout.JAVA_LONG, i)).isEqualTo(1);
            }
        }
    }

    @Test
    @DisplayName("C4, C5, C6: what a thread of the kernel submits is stopped like all else")
    void shouldStopWhatIsPolledFor() throws IOException {
        byte[] bytes = FakeBench.bytes(8 * BLOCK_BYTES);
        Path path = Files.write(folder.resolve("file"), bytes);
        Pipe pipe = Pipe.open();
        long seed = System.nanoTime() & 0xffff;
        Random random = new Random(seed);
        EngineOptions options =
                EngineOptions.defaults().with("mode", "workers").with("sqpoll", "5");
        try (KernelBench bench = new KernelBench(options);
                FileChannel file = FileChannel.open(path)) {
            for (int round = 0; round < ROUNDS; round++) {
                MemorySegment memory = bench.arena.allocate(bytes.length);
                List<Transfer> reads = begin(bench, file, memory);
                Transfer waiting =
                        bench.read(Peripheral.of(pipe.source()), bench.arena.allocate(8));
                for (int spins = random.nextInt(20_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                bench.channel.terminateSync();
                assertThat(waiting.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
                for (int i = 0; i < reads.size(); i++) {
                    long at = (long) i * BLOCK_BYTES;
                    TransferResult result = reads.get(i).result().orElseThrow();
                    long count = result.bytes();
                    assertThat(result.isWhole() || result.outcome() == Outcome.ABORTED)
                            .as("seed %d, round %d: %s", seed, round, result)
                            .isTrue();
                    assertThat(
                                    MemorySegment.ofArray(bytes)
                                            .asSlice(at, count)
                                            .mismatch(memory.asSlice(at, count)))
                            .as("seed %d, round %d", seed, round)
                            .isEqualTo(-1);
                }
                bench.freed(memory);
            }
        }
        pipe.sink().close();
        pipe.source().close();
    }

    /** A block for each transfer. */
    private static List<Transfer> begin(KernelBench bench, FileChannel file, MemorySegment memory) {
        PeripheralConfig read = PeripheralConfig.read(Peripheral.of(file));
        List<Transfer> transfers = new ArrayList<>();
        for (long at = 0; at < memory.byteSize(); at += BLOCK_BYTES) {
            var block = List.of(memory.asSlice(at, BLOCK_BYTES));
            transfers.add(
                    bench.channel.submit(bench.channel.prepPeripheralSg(read.atOffset(at), block)));
        }
        bench.channel.issuePending();
        return transfers;
    }
}
