package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.PeriodEvent;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

class CyclicTest {
    @TempDir Path folder;

    private static byte[] counting(int from, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (from + i);
        }
        return bytes;
    }

    @Test
    @DisplayName("R7: a period is not refilled before its callback has returned")
    void shouldHoldBackUntilClientHasReadThePeriod() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.CYCLIC)) {
            MemorySegment ring = bench.memory(8);
            Queue<PeriodEvent> events = new ConcurrentLinkedQueue<>();
            Semaphore permits = new Semaphore(0);
            Transfer transfer =
                    CpuBench.issue(
                            channel,
                            channel.prepCyclic(
                                    PeripheralConfig.read(new Peripheral.Stream(pipe.source())),
                                    ring,
                                    4,
                                    event -> {
                                        events.add(event);
                                        permits.acquireUninterruptibly();
                                    }));
            pipe.sink().write(ByteBuffer.wrap(counting(0, 20)));
            await().until(() -> channel.status(transfer.cookie()).residueBytes() == 0);
            // The first callback is still running: the ring is full, the rest stays in the pipe.
            assertThat(ring.toArray(JAVA_BYTE)).isEqualTo(counting(0, 8));
            permits.release(1);
            await().until(() -> events.size() == 2 && ring.get(JAVA_BYTE, 3) == 11);
            assertThat(ring.get(JAVA_BYTE, 4)).isEqualTo((byte) 4);
            permits.release(100);
            await().until(() -> events.size() == 5);
            assertThat(events).allSatisfy(event -> assertThat(event.missed()).isZero());
            assertThat(events.stream().map(PeriodEvent::offsetBytes))
                    .containsExactly(0L, 4L, 0L, 4L, 0L);
            channel.terminateSync();
            TransferResult result = transfer.await();
            assertThat(result.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(result.bytes()).isEqualTo(20);
        }
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    @DisplayName("a free-running read does not wait: what is overwritten is counted as missed")
    void shouldCountOverrunsOfFreeRunningRead() throws IOException {
        Path path = Files.write(folder.resolve("long"), new byte[1 << 20]);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.CYCLIC)) {
            Queue<PeriodEvent> events = new ConcurrentLinkedQueue<>();
            Semaphore first = new Semaphore(0);
            Transfer transfer =
                    CpuBench.issue(
                            channel,
                            channel.prepCyclic(
                                    PeripheralConfig.read(new Peripheral.File(file)).freeRunning(),
                                    bench.memory(4096),
                                    1024,
                                    event -> {
                                        events.add(event);
                                        if (event.sequence() == 0) {
                                            first.acquireUninterruptibly();
                                        }
                                    }));
            // The file ends, which is an error for a ring that should never end.
            TransferResult result = transfer.await();
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.bytes()).isEqualTo(1 << 20);
            first.release();
            channel.drain();
            long missed = events.stream().mapToLong(PeriodEvent::missed).sum();
            assertThat(missed).isPositive();
            assertThat(missed + events.size()).isEqualTo(1024);
        }
    }

    @Test
    @DisplayName("the offset in a file rises over all revolutions")
    void shouldStreamRingIntoFile() throws IOException {
        Path path = folder.resolve("out");
        try (FileChannel file =
                        FileChannel.open(
                                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.CYCLIC)) {
            MemorySegment ring = bench.memory(8).copyFrom(MemorySegment.ofArray(counting(0, 8)));
            Transfer transfer =
                    CpuBench.issue(
                            channel,
                            channel.prepCyclic(
                                    PeripheralConfig.write(new Peripheral.File(file)).atOffset(3),
                                    ring,
                                    4,
                                    event -> {
                                        long at = event.offsetBytes();
                                        for (long i = at; i < at + 4; i++) {
                                            ring.set(
                                                    JAVA_BYTE,
                                                    i,
                                                    (byte) (ring.get(JAVA_BYTE, i) + 8));
                                        }
                                    }));
            await().until(() -> Files.size(path) > 103);
            channel.terminateSync();
            long bytes = transfer.await().bytes();
            assertThat(Files.size(path)).isEqualTo(3 + bytes);
            byte[] written = Files.readAllBytes(path);
            for (int i = 0; i < bytes; i++) {
                assertThat(written[3 + i]).as("byte %d", i).isEqualTo((byte) i);
            }
        }
    }

    @Test
    @DisplayName("P6: a cyclic read that waits for the next byte stops at once")
    void shouldStopWaitingCyclicRead() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.CYCLIC)) {
            Transfer transfer =
                    CpuBench.issue(
                            channel,
                            channel.prepCyclic(
                                    PeripheralConfig.read(new Peripheral.Stream(pipe.source())),
                                    bench.memory(8),
                                    4,
                                    event -> {}));
            pipe.sink().write(ByteBuffer.wrap(counting(0, 10)));
            await().until(() -> channel.status(transfer.cookie()).residueBytes() == 6);
            channel.terminateSync();
            assertThat(transfer.await().bytes()).isEqualTo(10);
            assertThat(transfer.await().residueBytes()).isEqualTo(6);
        }
        pipe.source().close();
        pipe.sink().close();
    }
}
