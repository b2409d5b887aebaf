package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import org.dmaengine.Capability;
import org.dmaengine.Command;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Commands: what is done to a peripheral in its place in the queue. */
interface CommandContract extends ContractPart {
    int BLOCK_BYTES = 1 << 16;

    @Test
    @DisplayName("C2: a file is put on disk behind what was written to it")
    default void shouldSync(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        bench.assumeRow(OperationKind.FILE);
        DmaChannel channel = bench.channel();
        MemorySegment source = bench.source(BLOCK_BYTES);
        Path path = folder.resolve("synced");
        try (FileChannel file = ContractPart.openFile(path)) {
            Peripheral peripheral = Peripheral.of(file);
            Transfer write =
                    channel.submit(
                            channel.prepPeripheralSg(
                                    PeripheralConfig.write(peripheral), List.of(source)));
            Transfer data = channel.submit(channel.prepCommand(peripheral, new Command.Sync(true)));
            Transfer whole =
                    channel.submit(channel.prepCommand(peripheral, new Command.Sync(false)));
            channel.issuePending();
            for (Transfer each : List.of(data, whole)) {
                TransferResult result = bench.outcome(each);
                assertEquals(Outcome.COMPLETE, result.outcome(), result::toString);
                assertEquals(0, result.bytes());
                assertEquals(0, result.residueBytes());
                assertTrue(write.result().isPresent(), "it ended before the write before it");
            }
            assertEquals(-1, MemorySegment.ofArray(Files.readAllBytes(path)).mismatch(source));
        }
    }

    @Test
    @DisplayName("C1: a command starts when all before it on its channel has ended")
    default void shouldStartBehindAllBefore(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        bench.assumeRow(OperationKind.STREAM);
        DmaChannel channel = bench.channel();
        Pipe pipe = bench.closing(new OpenPipe()).pipe;
        try (FileChannel file = ContractPart.openFile(folder.resolve("behind"))) {
            Transfer waiting =
                    channel.submit(
                            channel.prepPeripheralSg(
                                    PeripheralConfig.read(Peripheral.of(pipe.source())),
                                    List.of(bench.target(8))));
            Transfer sync =
                    channel.submit(
                            channel.prepCommand(Peripheral.of(file), new Command.Sync(true)));
            channel.issuePending();
            assertFalse(sync.result().isPresent(), "it did not wait for the read before it");
            pipe.sink().write(ByteBuffer.allocate(8));
            assertEquals(Outcome.COMPLETE, bench.outcome(sync).outcome());
            assertTrue(waiting.result().isPresent());
        }
    }

    @Test
    @DisplayName("C4, C5: a command behind a wait is withdrawn by a termination")
    default void shouldWithdraw(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        bench.assumeRow(OperationKind.STREAM);
        DmaChannel channel = bench.channel();
        Pipe pipe = bench.closing(new OpenPipe()).pipe;
        try (FileChannel file = ContractPart.openFile(folder.resolve("withdrawn"))) {
            channel.submit(
                    channel.prepPeripheralSg(
                            PeripheralConfig.read(Peripheral.of(pipe.source())),
                            List.of(bench.target(8))));
            Transfer sync =
                    channel.submit(
                            channel.prepCommand(Peripheral.of(file), new Command.Sync(true)));
            channel.issuePending();
            pipe.sink().write(ByteBuffer.allocate(4));
            bench.waits().runWithin("terminateSync", channel::terminateSync);
            assertEquals(Outcome.ABORTED, bench.outcome(sync).outcome());
        }
    }

    @Test
    @DisplayName("P9: blocks are given to a file, with and without making it longer")
    default void shouldAllocate(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        Path path = folder.resolve("allocated");
        try (FileChannel file = ContractPart.openFile(path)) {
            assertEquals(
                    Outcome.COMPLETE,
                    outcome(bench, file, new Command.Allocate(0, BLOCK_BYTES, true)).outcome());
            assertEquals(0, Files.size(path));
            assertEquals(
                    Outcome.COMPLETE,
                    outcome(bench, file, new Command.Allocate(0, BLOCK_BYTES, false)).outcome());
            assertEquals(BLOCK_BYTES, Files.size(path));
        }
    }

    @Test
    @DisplayName("P9: a hole reads as zeros, and what is around it stays")
    default void shouldPunchHole(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        Path path = folder.resolve("punched");
        byte[] bytes = new byte[3 * BLOCK_BYTES];
        Arrays.fill(bytes, (byte) 7);
        Files.write(path, bytes);
        try (FileChannel file = ContractPart.openFile(path)) {
            Command hole = new Command.PunchHole(BLOCK_BYTES, BLOCK_BYTES);
            assertEquals(Outcome.COMPLETE, outcome(bench, file, hole).outcome());
            Arrays.fill(bytes, BLOCK_BYTES, 2 * BLOCK_BYTES, (byte) 0);
            assertEquals(-1, Arrays.mismatch(bytes, Files.readAllBytes(path)));
        }
    }

    @Test
    @DisplayName("P9: a command that fails is WRITE_FAILED, with the code of the system")
    default void shouldTellFailure(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        try (FileChannel file = ContractPart.openFile(folder.resolve("endless"))) {
            TransferResult result =
                    outcome(bench, file, new Command.Allocate(0, Long.MAX_VALUE - 1, false));
            assertEquals(Outcome.WRITE_FAILED, result.outcome(), result::toString);
            assertTrue(result.error().orElseThrow().nativeCode() > 0, result::toString);
        }
    }

    @Test
    @DisplayName("P9: the other end of a socket is told that no more will come")
    default void shouldShutDownOutput() throws IOException {
        TestBench bench = commands();
        DmaChannel channel = bench.channel();
        try (ServerSocketChannel server =
                        ServerSocketChannel.open()
                                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel near = SocketChannel.open(server.getLocalAddress());
                SocketChannel far = server.accept()) {
            Transfer shut =
                    channel.submit(
                            channel.prepCommand(Peripheral.of(near), new Command.ShutdownOutput()));
            channel.issuePending();
            assertEquals(Outcome.COMPLETE, bench.outcome(shut).outcome());
            assertEquals(-1, bench.waits().within("EOF", () -> far.read(ByteBuffer.allocate(1))));
            far.write(ByteBuffer.allocate(1));
            assertEquals(1, near.read(ByteBuffer.allocate(1)), "the other direction goes on");
        }
    }

    @Test
    @DisplayName("C16: a command for another kind of peripheral is refused at the door")
    default void shouldRefuseWrongPeripheral(@TempDir Path folder) throws IOException {
        TestBench bench = commands();
        DmaChannel channel = bench.channel();
        Pipe pipe = bench.closing(new OpenPipe()).pipe;
        Peripheral source = Peripheral.of(pipe.source());
        for (Command each :
                List.of(
                        new Command.Sync(false),
                        new Command.PunchHole(0, 1),
                        new Command.ShutdownOutput())) {
            assertThrows(
                    PrepRefusedException.class,
                    () -> channel.prepCommand(source, each, Flag.ACK),
                    each::toString);
        }
        Path path = Files.write(folder.resolve("read-only"), new byte[8]);
        try (FileChannel file = FileChannel.open(path)) {
            assertThrows(
                    PrepRefusedException.class,
                    () -> channel.prepCommand(Peripheral.of(file), new Command.PunchHole(0, 1)));
        }
        assertThrows(PrepRefusedException.class, () -> new Command.Allocate(-1, 1, false));
        assertThrows(PrepRefusedException.class, () -> new Command.PunchHole(0, 0));
    }

    /** A pipe that a test leaves behind. */
    final class OpenPipe implements AutoCloseable {
        final Pipe pipe;

        OpenPipe() throws IOException {
            pipe = Pipe.open();
        }

        @Override
        public void close() throws IOException {
            pipe.sink().close();
            pipe.source().close();
        }
    }

    private TransferResult outcome(TestBench bench, FileChannel file, Command command) {
        DmaChannel channel = bench.channel();
        try {
            Transfer transfer = channel.submit(channel.prepCommand(Peripheral.of(file), command));
            channel.issuePending();
            return bench.outcome(transfer);
        } catch (PrepRefusedException refused) {
            return abort("the engine refuses it at prep: " + refused.getMessage());
        }
    }

    private TestBench commands() {
        TestBench bench = bench();
        bench.assumeCan(Capability.COMMAND);
        bench.assumeRow(OperationKind.COMMAND);
        return bench;
    }
}
