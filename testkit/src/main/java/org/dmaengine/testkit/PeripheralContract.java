package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Files, pipes, sockets and other byte channels: P8, P9, C2. */
interface PeripheralContract extends ContractPart {
    @Test
    @DisplayName("P9, C2: segments are written to a file and read back, at an offset")
    default void shouldWriteAndReadFile(@TempDir Path folder) throws IOException {
        TestBench bench = peripherals(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        Path path = folder.resolve("data");
        MemorySegment source = bench.source(100_000);
        try (FileChannel file = ContractPart.openFile(path)) {
            PeripheralConfig write = PeripheralConfig.write(Peripheral.of(file)).atOffset(333);
            Transfer writing =
                    channel.submit(
                            channel.prepPeripheralSg(
                                    write,
                                    List.of(
                                            source.asSlice(0, 1),
                                            source.asSlice(1, 65_536),
                                            source.asSlice(65_537))));
            channel.issuePending();
            assertTrue(bench.outcome(writing).isWhole());
            assertArrayEquals(
                    source.toArray(ValueLayout.JAVA_BYTE),
                    java.util.Arrays.copyOfRange(Files.readAllBytes(path), 333, 100_333));
            MemorySegment first = bench.target(50_000);
            MemorySegment second = bench.target(50_000);
            PeripheralConfig read = PeripheralConfig.read(Peripheral.of(file)).atOffset(333);
            Transfer reading =
                    channel.submit(channel.prepPeripheralSg(read, List.of(first, second)));
            channel.issuePending();
            assertTrue(bench.outcome(reading).isWhole());
            DmaPattern.checkTarget("first segment", first, 0, 50_000, 50_000, 0);
            DmaPattern.checkTarget("second segment", second, 0, 50_000, 50_000, 50_000);
        }
    }

    @Test
    @DisplayName("C2: what is read behind a fence was written by the transfer before it")
    default void shouldReadBehindFencedWrite(@TempDir Path folder) throws IOException {
        TestBench bench = peripherals(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        MemorySegment source = bench.source(1 << 20);
        MemorySegment target = bench.target(1 << 20);
        for (int i = 0; i < 10; i++) {
            DmaPattern.fillTarget(target, 0, target.byteSize());
            try (FileChannel file = ContractPart.openFile(folder.resolve("file " + i))) {
                channel.submit(
                        channel.prepPeripheralSg(
                                PeripheralConfig.write(Peripheral.of(file)),
                                List.of(source),
                                Flag.INTERRUPT,
                                Flag.ACK,
                                Flag.FENCE));
                Transfer behind =
                        channel.submit(
                                channel.prepPeripheralSg(
                                        PeripheralConfig.read(Peripheral.of(file)),
                                        List.of(target)));
                channel.issuePending();
                assertTrue(bench.outcome(behind).isWhole(), "read before it was written");
                DmaPattern.checkCopied("behind the fence", target, target.byteSize());
            }
        }
    }

    @Test
    @DisplayName("P9, C2: a file that ends early completes with a residue")
    default void shouldTellResidueAtEndOfFile(@TempDir Path folder) throws IOException {
        TestBench bench = peripherals(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        byte[] content = bench.source(10_000).toArray(ValueLayout.JAVA_BYTE);
        Path path = Files.write(folder.resolve("short"), content);
        try (FileChannel file = FileChannel.open(path)) {
            MemorySegment first = bench.target(8192);
            MemorySegment second = bench.target(8192);
            channel.configure(PeripheralConfig.read(new Peripheral.File(file)));
            Transfer reading = channel.submit(channel.prepPeripheralSg(List.of(first, second)));
            channel.issuePending();
            TransferResult result = bench.outcome(reading);
            assertEquals(Outcome.COMPLETE, result.outcome());
            assertEquals(10_000, result.bytes());
            assertEquals(6384, result.residueBytes());
            assertFalse(result.isWhole());
            assertEquals(6384, channel.status(reading.cookie()).residueBytes());
            DmaPattern.checkTarget("second segment", second, 0, 8192, 1808, 8192);
        }
    }

    @Test
    @DisplayName("P9: a file that cannot be written fails on the write side")
    default void shouldNameWriteSide(@TempDir Path folder) throws IOException {
        TestBench bench = peripherals(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        Path path = Files.write(folder.resolve("read-only"), new byte[4096]);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            try {
                Transfer transfer =
                        channel.submit(
                                channel.prepPeripheralSg(
                                        PeripheralConfig.write(Peripheral.of(file)),
                                        List.of(bench.source(4096))));
                channel.issuePending();
                TransferResult result = bench.outcome(transfer);
                assertEquals(Outcome.WRITE_FAILED, result.outcome());
                assertTrue(result.error().isPresent());
                assertEquals(0, result.bytes());
            } catch (PrepRefusedException refusedEarlier) {
                assertEquals(PrepRefusedException.Reason.DIRECTION, refusedEarlier.reason());
            }
        }
    }

    @Test
    @DisplayName("P9: a failed read tells its side, its cause and the bytes before it")
    default void shouldNameReadSideAndBytes() {
        TestBench bench = peripherals(OperationKind.BLOCKING);
        BlockedTransfer blocked = BlockedTransfer.open(bench);
        blocked.gate().allow(1000);
        blocked.gate().fail(new IOException("the device is gone"));
        TransferResult result = bench.outcome(blocked.transfer());
        assertEquals(Outcome.READ_FAILED, result.outcome());
        assertEquals(1000, result.bytes());
        assertEquals(BlockedTransfer.BYTES - 1000, result.residueBytes());
        assertTrue(
                result.error().orElseThrow().message().contains("the device is gone"),
                () -> "told " + result.error());
        DmaPattern.checkCopied("before the failure", blocked.target(), 1000);
        assertTrue(bench.can(Capability.PERIPHERAL));
    }

    @Test
    @DisplayName("P9: a failed write tells its side and its cause")
    default void shouldNameWriteSideOfChannel() {
        TestBench bench = peripherals(OperationKind.BLOCKING);
        DmaChannel channel = bench.channel();
        GatedChannel gate = bench.closing(new GatedChannel());
        gate.allow(500);
        gate.fail(new IOException("no room"));
        Transfer transfer =
                channel.submit(
                        channel.prepPeripheralSg(
                                PeripheralConfig.write(new Peripheral.Blocking(gate)),
                                List.of(bench.source(4096))));
        channel.issuePending();
        TransferResult result = bench.outcome(transfer);
        assertEquals(Outcome.WRITE_FAILED, result.outcome());
        assertEquals(500, result.bytes());
        assertTrue(result.error().orElseThrow().message().contains("no room"));
    }

    @Test
    @DisplayName("P9: a pipe's short reads are put together, its end completes with a residue")
    default void shouldReadPipeToItsEnd() throws IOException {
        TestBench bench = peripherals(OperationKind.STREAM);
        DmaChannel channel = bench.channel();
        Pipe pipe = Pipe.open();
        Pipe.SourceChannel from = bench.closing(pipe.source());
        Pipe.SinkChannel to = bench.closing(pipe.sink());
        MemorySegment target = bench.target(10_000);
        Transfer transfer =
                channel.submit(
                        channel.prepPeripheralSg(
                                PeripheralConfig.read(Peripheral.of(from)), List.of(target)));
        channel.issuePending();
        byte[] content = bench.source(6000).toArray(ValueLayout.JAVA_BYTE);
        for (int i = 0; i < 6000; i += 600) {
            to.write(ByteBuffer.wrap(content, i, 600));
        }
        to.close();
        TransferResult result = bench.outcome(transfer);
        assertEquals(Outcome.COMPLETE, result.outcome());
        assertEquals(6000, result.bytes());
        DmaPattern.checkCopied("pipe", target, 6000);
    }

    @Test
    @DisplayName("P9: a socket carries a transfer larger than its buffers to another channel")
    default void shouldSendAndReceiveOverSocket() throws IOException {
        TestBench bench = peripherals(OperationKind.STREAM);
        bench.assumeChannels(2);
        DmaChannel sending = bench.channel();
        DmaChannel receiving = bench.channel();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(loopback, 0));
            try (SocketChannel client = SocketChannel.open(server.getLocalAddress());
                    SocketChannel accepted = server.accept()) {
                MemorySegment source = bench.source(8 << 20);
                MemorySegment target = bench.target(8 << 20);
                Transfer out =
                        sending.submit(
                                sending.prepPeripheralSg(
                                        PeripheralConfig.write(Peripheral.of(client)),
                                        List.of(source)));
                Transfer in =
                        receiving.submit(
                                receiving.prepPeripheralSg(
                                        PeripheralConfig.read(Peripheral.of(accepted)),
                                        List.of(target)));
                sending.issuePending();
                receiving.issuePending();
                assertTrue(bench.outcome(in).isWhole());
                assertTrue(bench.outcome(out).isWhole());
                DmaPattern.checkCopied("socket", target, target.byteSize());
            }
        }
    }

    @Test
    @DisplayName("C4, P6: a blocked write to a full socket stops with its true count")
    default void shouldStopBlockedWrite() throws IOException {
        TestBench bench = peripherals(OperationKind.STREAM);
        DmaChannel channel = bench.channel();
        Pipe pipe = Pipe.open();
        Pipe.SourceChannel from = bench.closing(pipe.source());
        Pipe.SinkChannel to = bench.closing(pipe.sink());
        MemorySegment source = bench.source(4 << 20);
        Transfer transfer =
                channel.submit(
                        channel.prepPeripheralSg(
                                PeripheralConfig.write(Peripheral.of(to)), List.of(source)));
        channel.issuePending();
        bench.waits()
                .eventually(
                        "the write to be on the engine",
                        () -> channel.status(transfer.cookie()).inFlightBytes() > 0);
        boolean atOnce =
                bench.assumeRow(OperationKind.STREAM).effect() == org.dmaengine.AbortEffect.AT_ONCE;
        if (atOnce) {
            bench.waits().within("terminateSync() of a full pipe", channel::terminateSync);
        } else {
            channel.terminateAsync();
            from.close();
        }
        TransferResult result = bench.outcome(transfer);
        if (atOnce) {
            assertEquals(Outcome.ABORTED, result.outcome());
            to.close();
            ByteBuffer all = ByteBuffer.allocate((int) source.byteSize() + 1);
            from.configureBlocking(true);
            while (from.read(all) >= 0) {
                assertTrue(all.hasRemaining());
            }
            assertEquals(all.position(), result.bytes(), "bytes really in the pipe");
        }
    }

    @Test
    @DisplayName("P8: a descriptor keeps the configuration it was prepared with")
    default void shouldKeepConfigurationOfPrep(@TempDir Path folder) throws IOException {
        TestBench bench = peripherals(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        try (FileChannel first = ContractPart.openFile(one);
                FileChannel second = ContractPart.openFile(two)) {
            channel.configure(PeripheralConfig.write(Peripheral.of(first)));
            var prepared = channel.prepPeripheralSg(List.of(bench.source(4096)));
            channel.configure(PeripheralConfig.write(Peripheral.of(second)).atOffset(99));
            Transfer transfer = channel.submit(prepared);
            channel.issuePending();
            assertTrue(bench.outcome(transfer).isWhole());
            assertEquals(4096, Files.size(one));
            assertEquals(0, Files.size(two));
        }
    }

    @Test
    @DisplayName("C2, P8: the hot path, without objects, moves each piece to its own offset")
    default void shouldAccessOnHotPath(@TempDir Path folder) throws IOException {
        TestBench bench = peripherals(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        int pieces = 100;
        int piece = 1000;
        MemorySegment source = bench.source((long) pieces * piece);
        MemorySegment target = bench.target((long) pieces * piece);
        LongAdder called = new LongAdder();
        try (FileChannel file = ContractPart.openFile(folder.resolve("hot"))) {
            PeripheralConfig write = PeripheralConfig.write(Peripheral.of(file));
            PeripheralConfig read = PeripheralConfig.read(Peripheral.of(file));
            for (PeripheralConfig config : List.of(write, read)) {
                MemorySegment memory = config.equals(write) ? source : target;
                for (int i = 0; i < pieces; i++) {
                    long at = (long) i * piece;
                    long cookie =
                            channel.tryPeripheral(
                                    config,
                                    at,
                                    memory.asSlice(at, piece),
                                    (itsCookie, outcome, bytes) -> called.add(bytes));
                    assertTrue(cookie > 0, "the queue is full");
                }
                channel.issuePending();
                bench.waits().runWithin("drain", channel::drain);
            }
            assertEquals(2L * pieces * piece, called.sum());
            DmaPattern.checkTarget("target", target, 0, target.byteSize(), target.byteSize(), 0);
            assertThrows(PrepRefusedException.class, () -> channel.tryPeripheral(read, -1, target));
            assertThrows(
                    PrepRefusedException.class,
                    () -> channel.tryPeripheral(read, Long.MAX_VALUE, target));
            assertThrows(
                    PrepRefusedException.class,
                    () -> channel.tryPeripheral(read, 0, target.asReadOnly()));
        }
    }

    @Test
    @DisplayName("C1: a peripheral transfer without a configuration is refused")
    default void shouldAskForConfiguration() {
        TestBench bench = peripherals(OperationKind.STREAM);
        DmaChannel channel = bench.channel();
        List<MemorySegment> segments = List.of(bench.source(4096));
        assertThrows(IllegalStateException.class, () -> channel.prepPeripheralSg(segments));
    }

    private TestBench peripherals(OperationKind row) {
        TestBench bench = bench();
        bench.assumeCan(Capability.PERIPHERAL);
        bench.assumeRow(row);
        return bench;
    }
}
