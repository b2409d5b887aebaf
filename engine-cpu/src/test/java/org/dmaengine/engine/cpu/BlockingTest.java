package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

class BlockingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Gives one byte for each permit; a call waits for it, and nothing can stop that. */
    private static final class SlowSource implements ReadableByteChannel {
        private int calls;
        private int permits;
        private boolean broken;

        @Override
        public synchronized int read(ByteBuffer into) throws IOException {
            calls++;
            notifyAll();
            while (permits == 0) {
                try {
                    wait();
                } catch (InterruptedException unexpected) {
                    throw new IOException("an engine thread was interrupted", unexpected);
                }
            }
            permits--;
            if (broken) {
                throw new IllegalStateException("the source broke");
            }
            into.put((byte) 7);
            return 1;
        }

        synchronized void permit() {
            permits++;
            notifyAll();
        }

        synchronized void breakDown() {
            broken = true;
            permit();
        }

        synchronized int calls() {
            return calls;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        /** From here on no call waits, so that a test which failed ends. */
        @Override
        public synchronized void close() {
            permits = Integer.MAX_VALUE;
            notifyAll();
        }
    }

    private static Transfer read(DmaChannel channel, SlowSource from, MemorySegment to) {
        return CpuBench.issue(
                channel,
                channel.prepPeripheralSg(
                        PeripheralConfig.read(new Peripheral.Blocking(from)), List.of(to)));
    }

    @Test
    @DisplayName("P6 DRAIN_ONLY, C11: a call in progress is waited for, and owned until it returns")
    void shouldOwnMemoryUntilBlockedCallReturns() {
        SlowSource source = new SlowSource();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Transfer transfer = read(channel, source, bench.memory(10));
            source.permit();
            await().until(() -> source.calls() == 2);
            assertThat(channel.terminateSync(Duration.ofMillis(20))).isInstanceOf(StillOwned.class);
            assertThat(transfer.result()).isEmpty();
            source.permit();
            Receipt receipt = channel.synchronize();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(transfer.await().bytes()).isEqualTo(2);
            assertThat(receipt.entry(transfer.cookie())).isPresent();
            assertThat(source.calls()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("C14: a blocked channel holds up no other, of any kind")
    void shouldServeOthersWhileManyBlock() {
        int blocked = 20;
        SlowSource source = new SlowSource();
        try (CpuBench bench = CpuBench.open("workers", "1")) {
            for (int i = 0; i < blocked; i++) {
                read(bench.channel(Capability.PERIPHERAL), source, bench.memory(1));
            }
            await().until(() -> source.calls() == blocked);
            try (DmaChannel copies = bench.channel(Capability.MEMCPY)) {
                MemorySegment target = bench.memory(4 << 20);
                MemorySegment pattern = bench.pattern(4 << 20);
                Transfer copy = CpuBench.issue(copies, copies.prepMemcpy(target, pattern));
                assertThat(copy.await().isWhole()).isTrue();
            }
            for (int i = 0; i < blocked; i++) {
                source.permit();
            }
        }
    }

    /** A channel whose last work was I/O, while all I/O threads are inside of calls that hang. */
    private static DmaChannel afterIo(CpuBench bench, SlowSource hangs) {
        DmaChannel channel =
                bench.channel(Capability.MEMCPY, Capability.PERIPHERAL, Capability.PAUSE);
        SlowSource source = new SlowSource();
        source.permit();
        assertThat(read(channel, source, bench.memory(1)).await().isWhole()).isTrue();
        read(bench.channel(Capability.PERIPHERAL), hangs, bench.memory(1));
        await().until(() -> hangs.calls() == 1);
        return channel;
    }

    @ParameterizedTest
    @ValueSource(strings = {"workers", "inline"})
    @DisplayName("C14: a copy does not wait for the I/O threads because its channel used them last")
    void shouldCopyAfterIoWhileOthersBlock(String mode) {
        try (CpuBench bench = CpuBench.open("io-threads", "1", "mode", mode);
                SlowSource hangs = new SlowSource();
                DmaChannel channel = afterIo(bench, hangs)) {
            for (int length : new int[] {100, 1 << 20}) {
                MemorySegment target = bench.memory(length);
                MemorySegment pattern = bench.pattern(length);
                Transfer copy = CpuBench.issue(channel, channel.prepMemcpy(target, pattern));
                assertThat(copy.await(PATIENCE).isQuiesced()).isTrue();
                assertThat(target.mismatch(pattern)).isEqualTo(-1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"workers", "inline"})
    @DisplayName("C14: a copy does not stand where a read was terminated that waited for a thread")
    void shouldCopyAfterTerminationWhileOthersBlock(String mode) {
        try (CpuBench bench = CpuBench.open("io-threads", "1", "mode", mode);
                SlowSource hangs = new SlowSource();
                DmaChannel channel = afterIo(bench, hangs)) {
            MemorySegment target = bench.memory(1 << 20);
            MemorySegment pattern = bench.pattern(1 << 20);
            for (int round = 0; round < 100; round++) {
                // In front of it, behind it, and in between.
                Transfer before =
                        read(bench.channel(Capability.PERIPHERAL), hangs, bench.memory(1));
                Transfer waiting = read(channel, hangs, bench.memory(1));
                channel.terminateSync();
                assertThat(waiting.result()).isPresent();
                target.fill((byte) 0);
                Transfer copy = CpuBench.issue(channel, channel.prepMemcpy(target, pattern));
                assertThat(copy.await(PATIENCE).isQuiesced()).isTrue();
                assertThat(target.mismatch(pattern)).isEqualTo(-1);
                before.channel().terminateSync();
            }
        }
    }

    @Test
    @DisplayName("C5, C13, C14: what waits for an I/O thread is paused, resumed and ended without")
    void shouldControlWhatWaitsForAnIoThread() {
        try (CpuBench bench = CpuBench.open("io-threads", "1");
                SlowSource hangs = new SlowSource();
                DmaChannel channel = afterIo(bench, hangs)) {
            for (int round = 0; round < 100; round++) {
                Transfer waiting = read(channel, hangs, bench.memory(1));
                channel.pause();
                channel.resume();
                assertThat(channel.terminateSync(PATIENCE).isQuiesced()).isTrue();
                assertThat(waiting.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
            }
        }
    }

    @Test
    void shouldQueueBeyondItsThreads() {
        SlowSource source = new SlowSource();
        try (CpuBench bench = CpuBench.open("io-threads", "2")) {
            List<Transfer> transfers =
                    java.util.stream.IntStream.range(0, 6)
                            .mapToObj(i ->
                                    read(
                                            bench.channel(Capability.PERIPHERAL),
                                            source,
                                            bench.memory(1)))
                            .toList();
            await().until(() -> source.calls() == 2);
            for (int i = 0; i < 6; i++) {
                source.permit();
            }
            transfers.forEach(transfer -> assertThat(transfer.await().isWhole()).isTrue());
        }
    }

    @Test
    @DisplayName("P9: what a channel throws fails the transfer, and its thread goes on")
    void shouldFailTransferWhenChannelThrows() {
        SlowSource source = new SlowSource();
        try (CpuBench bench = CpuBench.open("io-threads", "1");
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Transfer broken = read(channel, source, bench.memory(3));
            source.permit();
            await().until(() -> source.calls() == 2);
            source.breakDown();
            assertThat(broken.await().outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(broken.await().bytes()).isEqualTo(1);
            SlowSource sound = new SlowSource();
            sound.permit();
            assertThat(read(channel, sound, bench.memory(1)).await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("C12, P4: what a channel may not throw ends its transfer, and costs no thread")
    void shouldFailWhereChannelThrowsUndeclared() {
        ReadableByteChannel source =
                new ReadableByteChannel() {
                    @Override
                    public int read(ByteBuffer into) {
                        return BlockingTest.<RuntimeException>throwAny(
                                new InterruptedException("undeclared"));
                    }

                    @Override
                    public boolean isOpen() {
                        return true;
                    }

                    @Override
                    public void close() {}
                };
        try (CpuBench bench = CpuBench.open("io-threads", "1");
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            PeripheralConfig undeclared = PeripheralConfig.read(new Peripheral.Blocking(source));
            for (int i = 0; i < 2; i++) {
                Transfer broken =
                        CpuBench.issue(
                                channel,
                                channel.prepPeripheralSg(undeclared, List.of(bench.memory(3))));
                assertThat(broken.await(PATIENCE).isQuiesced()).isTrue();
                assertThat(broken.await().outcome()).isEqualTo(Outcome.READ_FAILED);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> int throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    @DisplayName("P6: cyclic on a blocking channel could not keep the row CYCLIC")
    void shouldRefuseCyclic() {
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.CYCLIC)) {
            CountDownLatch never = new CountDownLatch(1);
            assertThatThrownBy(() ->
                            channel.prepCyclic(
                                    PeripheralConfig.read(
                                            new Peripheral.Blocking(new SlowSource())),
                                    bench.memory(8),
                                    4,
                                    event -> never.countDown()))
                    .isInstanceOf(PrepRefusedException.class);
        }
    }
}
