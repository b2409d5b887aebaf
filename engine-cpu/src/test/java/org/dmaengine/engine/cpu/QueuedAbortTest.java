package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quiesced;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** A transfer that waits for its next turn is ended by who terminates it; its place stays. */
class QueuedAbortTest {
    private static final long LONG_BYTES = 4L << 20;

    private final SteppedCrew threads = new SteppedCrew();

    @TempDir private Path folder;

    private void stepToTheEnd() {
        while (threads.step()) {
            // Until no worker has anything to do.
        }
    }

    private Transfer begin(CpuBench bench, DmaChannel channel, MemorySegment target) {
        Transfer copy =
                CpuBench.issue(channel, channel.prepMemcpy(target, bench.memory(LONG_BYTES, 1)));
        threads.step();
        assertThat(copy.result()).isEmpty();
        return copy;
    }

    @Test
    @DisplayName("P3, C4, C6: no thread is needed to end it, nor to prove it")
    void shouldEndWithoutAnyThread() {
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            Transfer copy = begin(bench, channel, bench.memory(LONG_BYTES));

            assertThat(channel.terminateSync(Duration.ZERO)).isInstanceOf(Quiesced.class);

            assertThat(copy.await().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(copy.await().bytes()).isBetween(1L, LONG_BYTES - 1);
            stepToTheEnd();
        }
    }

    @Test
    @DisplayName("P2: what comes behind the termination runs in the old place, once")
    void shouldServeNextInOldPlace() {
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY);
                DmaChannel other = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(100);
            MemorySegment target = bench.memory(100);
            MemorySegment longTarget = bench.memory(LONG_BYTES);
            for (int round = 0; round < 10; round++) {
                begin(bench, channel, longTarget);
                target.fill((byte) 0);
                channel.terminateSync();
                Transfer behind =
                        CpuBench.issue(other, other.prepMemcpy(bench.memory(100), source));
                Transfer next = CpuBench.issue(channel, channel.prepMemcpy(target, source));

                threads.step();
                assertThat(next.result()).as("round %d", round).isPresent();
                assertThat(behind.result()).as("round %d", round).isEmpty();
                stepToTheEnd();

                assertThat(behind.await().isWhole()).isTrue();
                assertThat(next.await().isWhole()).isTrue();
                assertThat(target.mismatch(source)).isEqualTo(-1);
            }
        }
    }

    @Test
    @DisplayName("P2: from its old place it moves on to the threads that it belongs to")
    void shouldMoveOnFromOldPlace() throws IOException {
        Path path = folder.resolve("file");
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                FileChannel file =
                        FileChannel.open(
                                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                DmaChannel channel = bench.channel(Capability.MEMCPY, Capability.PERIPHERAL)) {
            begin(bench, channel, bench.memory(LONG_BYTES));
            channel.terminateSync();
            MemorySegment data = bench.pattern(5000);
            Descriptor write =
                    channel.prepPeripheralSg(
                            PeripheralConfig.write(new Peripheral.File(file)), List.of(data));
            Transfer written = CpuBench.issue(channel, write);

            stepToTheEnd();

            assertThat(written.await().isWhole()).isTrue();
        }
        assertThat(Files.size(path)).isEqualTo(5000);
    }
}
