package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class StreamTest {
    /** Two ends of a TCP connection. */
    private record Sockets(SocketChannel near, SocketChannel far) implements AutoCloseable {
        static Sockets connect() throws IOException {
            try (ServerSocketChannel server = ServerSocketChannel.open()) {
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel near = SocketChannel.open(server.getLocalAddress());
                return new Sockets(near, server.accept());
            }
        }

        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    private static Transfer read(DmaChannel channel, SelectableChannel from, MemorySegment to) {
        return CpuBench.issue(
                channel,
                channel.prepPeripheralSg(
                        PeripheralConfig.read(new Peripheral.Stream(from)), List.of(to)));
    }

    private static Transfer write(DmaChannel channel, SelectableChannel to, MemorySegment from) {
        return CpuBench.issue(
                channel,
                channel.prepPeripheralSg(
                        PeripheralConfig.write(new Peripheral.Stream(to)), List.of(from)));
    }

    /** Until the transfer waits in the selector, which has made the stream non-blocking. */
    private static void awaitWaiting(SelectableChannel stream) {
        await().until(() -> !stream.isBlocking() && stream.isRegistered());
    }

    @Test
    @DisplayName("P9: short reads and writes go on until the list is full")
    void shouldMoveListsThroughPipe() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel reader = bench.channel(Capability.PERIPHERAL);
                DmaChannel writer = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment source = bench.pattern(3_000_001);
            MemorySegment target = bench.memory(3_000_001);
            Transfer reading =
                    CpuBench.issue(
                            reader,
                            reader.prepPeripheralSg(
                                    PeripheralConfig.read(new Peripheral.Stream(pipe.source())),
                                    List.of(
                                            target.asSlice(0, 7),
                                            target.asSlice(7, 2_000_000),
                                            target.asSlice(2_000_007))));
            Transfer writing = write(writer, pipe.sink(), source);
            assertThat(writing.await().isWhole()).isTrue();
            assertThat(reading.await().isWhole()).isTrue();
            assertThat(target.mismatch(source)).isEqualTo(-1);
        }
        assertThat(pipe.source().isBlocking()).isTrue();
        assertThat(pipe.sink().isBlocking()).isTrue();
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    void shouldReadAndWriteOneSocketAtOnce() throws IOException {
        try (Sockets sockets = Sockets.connect();
                CpuBench bench = CpuBench.open();
                DmaChannel reader = bench.channel(Capability.PERIPHERAL);
                DmaChannel writer = bench.channel(Capability.PERIPHERAL);
                DmaChannel echoIn = bench.channel(Capability.PERIPHERAL);
                DmaChannel echoOut = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment source = bench.pattern(1 << 20);
            MemorySegment back = bench.memory(1 << 20);
            MemorySegment middle = bench.memory(1 << 20);
            Transfer returning = read(reader, sockets.near, back);
            Transfer sending = write(writer, sockets.near, source);
            assertThat(read(echoIn, sockets.far, middle).await().isWhole()).isTrue();
            assertThat(write(echoOut, sockets.far, middle).await().isWhole()).isTrue();
            assertThat(sending.await().isWhole()).isTrue();
            assertThat(returning.await().isWhole()).isTrue();
            assertThat(back.mismatch(source)).isEqualTo(-1);
            assertThat(sockets.near.isBlocking()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "P6 AT_ONCE: a blocked pipe read stops; the byte that comes later stays in the pipe")
    void shouldStopBlockedPipeRead() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment target = bench.memory(64, 0x55);
            Transfer transfer = read(channel, pipe.source(), target);
            pipe.sink().write(ByteBuffer.wrap(new byte[] {1, 2}));
            await().until(() -> channel.status(transfer.cookie()).residueBytes() == 62);
            channel.terminateSync();
            TransferResult result = transfer.result().orElseThrow();
            assertThat(result.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(result.bytes()).isEqualTo(2);
            assertNotTakenLater(pipe, target);
        }
    }

    private static void assertNotTakenLater(Pipe pipe, MemorySegment target) throws IOException {
        pipe.sink().write(ByteBuffer.wrap(new byte[] {3}));
        ByteBuffer later = ByteBuffer.allocate(8);
        // A blocking read again: the stream was given back as it was.
        assertThat(pipe.source().read(later)).isEqualTo(1);
        assertThat(later.get(0)).isEqualTo((byte) 3);
        assertThat(target.get(JAVA_BYTE, 2)).isEqualTo((byte) 0x55);
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    @DisplayName("P6 AT_ONCE: a blocked socket write stops with what the socket took")
    void shouldStopBlockedSocketWrite() throws IOException {
        try (Sockets sockets = Sockets.connect();
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            long length = 64L << 20;
            Transfer transfer = write(channel, sockets.near, bench.memory(length, 6));
            awaitStableResidue(channel, transfer, length);
            channel.terminateSync();
            TransferResult result = transfer.result().orElseThrow();
            assertThat(result.outcome()).isEqualTo(Outcome.ABORTED);
            sockets.near.shutdownOutput();
            long arrived = 0;
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            for (int n = 0; n >= 0; n = sockets.far.read(buffer.clear())) {
                arrived += n;
            }
            assertThat(arrived).isEqualTo(result.bytes());
        }
    }

    private static void awaitStableResidue(DmaChannel channel, Transfer transfer, long length) {
        long[] last = {length};
        await().until(() -> {
            long now = channel.status(transfer.cookie()).residueBytes();
            boolean stable = now == last[0] && now < length;
            last[0] = now;
            return stable;
        });
    }

    @Test
    @DisplayName("C2: the end of the source completes with a residue")
    void shouldCompleteWithResidueAtEndOfPipe() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Transfer transfer = read(channel, pipe.source(), bench.memory(10));
            pipe.sink().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            pipe.sink().close();
            TransferResult result = transfer.await();
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.residueBytes()).isEqualTo(7);
        }
        pipe.source().close();
    }

    @Test
    @DisplayName("P9: a peer that resets is READ_FAILED with the bytes so far")
    void shouldFailReadWhenPeerResets() throws IOException {
        try (Sockets sockets = Sockets.connect();
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Transfer transfer = read(channel, sockets.near, bench.memory(10));
            sockets.far.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            await().until(() -> channel.status(transfer.cookie()).residueBytes() == 7);
            sockets.far.setOption(StandardSocketOptions.SO_LINGER, 0);
            sockets.far.close();
            TransferResult result = transfer.await();
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.bytes()).isEqualTo(3);
            assertThat(result.error().orElseThrow().cause()).isPresent();
        }
    }

    @Test
    void shouldFailWriteWhenReaderIsGone() throws IOException {
        Pipe pipe = Pipe.open();
        pipe.source().close();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            TransferResult result = write(channel, pipe.sink(), bench.memory(10)).await();
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.bytes()).isZero();
        }
        pipe.sink().close();
    }

    @Test
    @DisplayName("E5: a stream closed under a waiting transfer fails it, and nothing hangs")
    void shouldFailWhenStreamIsClosedUnderTransfer() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Transfer transfer = read(channel, pipe.source(), bench.memory(10));
            awaitWaiting(pipe.source());
            pipe.source().close();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.READ_FAILED);
        }
        pipe.sink().close();
    }

    @Test
    @DisplayName("a stream closed under a paused transfer does not keep the selector going round")
    void shouldRestThoughStreamIsClosedUnderPausedTransfer() throws IOException {
        Pipe pipe = Pipe.open();
        CountedLooks looks = new CountedLooks();
        try (CpuBench bench = CpuBench.open(looks);
                DmaChannel channel = bench.channel(Capability.PERIPHERAL, Capability.PAUSE)) {
            Transfer transfer = read(channel, pipe.source(), bench.memory(10));
            awaitWaiting(pipe.source());
            channel.pause();
            pipe.source().close();
            // By the second look from here on it has found the stream closed.
            int before = looks.count.get();
            await().until(() -> looks.count.get() >= before + 2);
            long sinceNanos = System.nanoTime();
            await().until(() -> looks.count.get() >= before + 6);
            assertThat(System.nanoTime() - sinceNanos)
                    .as("four looks, 100 ms apart")
                    .isGreaterThan(250_000_000);
            channel.resume();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.READ_FAILED);
        }
        pipe.sink().close();
    }

    /** The system's; counts how often the selector's thread looks at the clock: once a round. */
    private static final class CountedLooks implements Scheduler {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public long nanoTime() {
            if (Thread.currentThread().getName().equals("dma-cpu-selector")) {
                count.incrementAndGet();
            }
            return Scheduler.system().nanoTime();
        }

        @Override
        public void park(long nanos) {
            Scheduler.system().park(nanos);
        }

        @Override
        public void unpark(Thread thread) {
            Scheduler.system().unpark(thread);
        }

        @Override
        public Thread start(String name, Runnable body) {
            return Scheduler.system().start(name, body);
        }
    }

    @Test
    @DisplayName("C13: a paused read takes nothing, and goes on where it stood")
    void shouldNotReadWhilePaused() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL, Capability.PAUSE);
                DmaChannel other = bench.channel(Capability.PERIPHERAL)) {
            Transfer transfer = read(channel, pipe.source(), bench.memory(4));
            awaitWaiting(pipe.source());
            channel.pause();
            pipe.sink().write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            // The selector has gone round at least once when another stream was served.
            Pipe otherPipe = Pipe.open();
            otherPipe.sink().write(ByteBuffer.wrap(new byte[] {9}));
            assertThat(read(other, otherPipe.source(), bench.memory(1)).await().isWhole()).isTrue();
            assertThat(channel.status(transfer.cookie()).state()).isEqualTo(TransferState.PAUSED);
            assertThat(channel.status(transfer.cookie()).residueBytes()).isEqualTo(4);
            channel.resume();
            assertThat(transfer.await().isWhole()).isTrue();
            otherPipe.source().close();
            otherPipe.sink().close();
        }
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    @DisplayName("a client that is inside a blocking read of its own holds up only its own channel")
    void shouldServeOthersWhileClientBlocksInItsOwnRead() throws Exception {
        Pipe misused = Pipe.open();
        Pipe pipe = Pipe.open();
        ByteBuffer mine = ByteBuffer.allocate(1);
        Thread client = Thread.ofPlatform().start(() -> readOne(misused, mine));
        await().until(() -> client.getStackTrace().length > 0 && isInsideRead(client));
        try (CpuBench bench = CpuBench.open();
                DmaChannel held = bench.channel(Capability.PERIPHERAL);
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Transfer waiting = read(held, misused.source(), bench.memory(1));
            pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
            assertThat(read(channel, pipe.source(), bench.memory(1)).await().isWhole()).isTrue();
            assertThat(waiting.result()).isEmpty();
            misused.sink().write(ByteBuffer.wrap(new byte[] {1, 2}));
            assertThat(waiting.await().isWhole()).isTrue();
        }
        client.join();
        assertThat(mine.position()).isEqualTo(1);
        for (Pipe each : List.of(misused, pipe)) {
            each.source().close();
            each.sink().close();
        }
    }

    private static boolean isInsideRead(Thread client) {
        for (StackTraceElement frame : client.getStackTrace()) {
            if (frame.getMethodName().equals("read0")) {
                return true;
            }
        }
        return false;
    }

    private static void readOne(Pipe pipe, ByteBuffer into) {
        try {
            pipe.source().read(into);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    @Test
    @DisplayName("a stream is given back as it was, however early its transfer is stopped")
    void shouldGiveStreamBackAfterEarlyStop() throws IOException {
        Pipe pipe = Pipe.open();
        // A fresh engine each time: its threads start at the same moment.
        for (int i = 0; i < 200; i++) {
            try (CpuBench bench = CpuBench.open();
                    DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
                MemorySegment memory = bench.memory(1);
                read(channel, pipe.source(), memory);
                for (int spins = 0; spins < i * 50; spins++) {
                    Thread.onSpinWait();
                }
                channel.terminateSync();
                assertThat(pipe.source().isBlocking()).as("stopped at %d", i).isTrue();
            }
        }
        pipe.source().close();
        pipe.sink().close();
    }

    @Test
    void shouldRefuseWrongEnd() throws IOException {
        Pipe pipe = Pipe.open();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment memory = bench.memory(1);
            assertThatThrownBy(() -> read(channel, pipe.sink(), memory))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("read");
            assertThatThrownBy(() -> write(channel, pipe.source(), memory))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("written");
        }
        pipe.source().close();
        pipe.sink().close();
    }
}
