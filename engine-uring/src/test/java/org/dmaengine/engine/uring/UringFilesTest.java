package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Files that are no regular ones, and files that their owner closes. */
class UringFilesTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int EFBIG = 27;

    @TempDir private Path folder;
    private DmaEngine engine;
    private DmaArena arena;
    private DmaChannel channel;

    @BeforeEach
    void open() {
        Availability.assume();
        engine = DmaEngines.open(new UringEngineProvider(), EngineOptions.defaults());
        arena = DmaArena.open();
        channel = engine.requestChannel(Capability.PERIPHERAL);
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
            arena.close();
        }
    }

    private Transfer begin(PeripheralConfig config, MemorySegment memory) {
        Transfer transfer = channel.submit(channel.prepPeripheralSg(config, List.of(memory)));
        channel.issuePending();
        return transfer;
    }

    private static TransferResult result(Transfer transfer) {
        await().atMost(DEADLINE).until(() -> transfer.result().isPresent());
        return transfer.result().orElseThrow();
    }

    @Test
    @DisplayName("C4, E1: a read of a FIFO, opened as a file, waits for data and is stopped")
    void shouldWaitOnFifo() throws Exception {
        Path fifo = folder.resolve("fifo");
        if (new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() != 0) {
            abort("no FIFO can be made here");
        }
        // Open both ways, or the opening waits for the other end.
        try (FileChannel both =
                FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            PeripheralConfig read = PeripheralConfig.read(Peripheral.of(both));
            MemorySegment memory = arena.allocate(8);
            Transfer stopped = begin(read, memory);
            channel.terminateSync();
            assertThat(result(stopped).outcome()).isEqualTo(Outcome.ABORTED);

            Transfer whole = begin(read, memory);
            both.write(ByteBuffer.wrap("12345678".getBytes(US_ASCII)));
            assertThat(result(whole).outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 7)).isEqualTo((byte) '8');
        }
    }

    @Test
    @DisplayName("C4, E1: a read of a terminal, opened as a file, waits for input and is stopped")
    void shouldWaitOnTerminal() throws Exception {
        Path multiplexer = Path.of("/dev/ptmx");
        if (!Files.isWritable(multiplexer)) {
            abort("no pseudo-terminals here");
        }
        try (FileChannel terminal =
                FileChannel.open(multiplexer, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            PeripheralConfig read = PeripheralConfig.read(Peripheral.of(terminal));
            MemorySegment memory = arena.allocate(4);
            Transfer stopped = begin(read, memory);
            channel.terminateSync();
            assertThat(result(stopped).outcome()).isEqualTo(Outcome.ABORTED);

            Transfer whole = begin(read, memory);
            // It echoes.
            terminal.write(ByteBuffer.wrap("echo".getBytes(US_ASCII)));
            assertThat(result(whole).outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo("echo".getBytes(US_ASCII));
        }
    }

    @Test
    @DisplayName("P9: a character device without an end, and one that is always full")
    void shouldMoveToAndFromDevices() throws IOException {
        MemorySegment memory = arena.allocate(1 << 20).fill((byte) 7);
        try (FileChannel zero = FileChannel.open(Path.of("/dev/zero"));
                FileChannel full =
                        FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            TransferResult read = result(begin(PeripheralConfig.read(Peripheral.of(zero)), memory));
            assertThat(read.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(memory.mismatch(arena.allocate(1 << 20))).isEqualTo(-1);

            TransferResult write =
                    result(begin(PeripheralConfig.write(Peripheral.of(full)), memory));
            assertThat(write.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(write.error().orElseThrow().nativeCode()).isEqualTo(28);
            assertThat(write.error().orElseThrow().message()).contains("ENOSPC", "full", "write");
        }
    }

    @Test
    @DisplayName("P9: an error of the kernel has its number, name and meaning")
    void shouldTellErrorOfKernel() throws IOException {
        try (FileChannel file =
                FileChannel.open(
                        folder.resolve("big"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            PeripheralConfig beyond =
                    PeripheralConfig.write(Peripheral.of(file)).atOffset(Long.MAX_VALUE - 100);
            TransferResult result = result(begin(beyond, arena.allocate(64)));
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isIn(EFBIG, 22);
            assertThat(result.bytes()).isZero();
        }
    }

    @Test
    @DisplayName(
            "A channel that its owner has closed fails its transfer, and never reaches another"
                    + " file")
    void shouldNotReachOtherFile() throws IOException {
        Path path = Files.writeString(folder.resolve("mine"), "mine");
        FileChannel file = FileChannel.open(path);
        PeripheralConfig read = PeripheralConfig.read(Peripheral.of(file));
        MemorySegment memory = arena.allocate(4);
        var prepared = channel.prepPeripheralSg(read, List.of(memory));
        file.close();
        // Most likely it gets the number that has just become free.
        try (FileChannel other =
                FileChannel.open(Files.writeString(folder.resolve("other"), "evil"))) {
            Transfer transfer = channel.submit(prepared);
            channel.issuePending();
            TransferResult result = result(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.error().orElseThrow().message()).contains("EBADF");
            assertThat(other.isOpen()).isTrue();
        }
        assertThat(memory.mismatch(arena.allocate(4))).isEqualTo(-1);
    }

    @Test
    @DisplayName("A file that nobody uses any more is let go: the reader of a pipe sees its end")
    void shouldLetGo() throws IOException {
        Pipe pipe = Pipe.open();
        MemorySegment memory = arena.allocate(4);
        result(begin(PeripheralConfig.write(Peripheral.of(pipe.sink())), memory));
        pipe.sink().close();
        pipe.source().configureBlocking(false);
        ByteBuffer buffer = ByteBuffer.allocate(100);
        await().atMost(DEADLINE).until(() -> pipe.source().read(buffer) == -1);
        assertThat(buffer.position()).isEqualTo(4);
        pipe.source().close();
    }

    @Test
    @DisplayName(
            "P9: a stream closed under a transfer that waits: that fails, and the other end sees")
    void shouldEndWhatWaitsOnClosed() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(KernelBench.LOOPBACK);
                SocketChannel near = SocketChannel.open(listener.getLocalAddress());
                SocketChannel far = listener.accept();
                DescriptorChannel event = DescriptorChannel.eventDescriptor(0, false)) {
            far.configureBlocking(false);
            for (Peripheral each : List.of(Peripheral.of(near), new Peripheral.Messages(event))) {
                Transfer waiting = begin(PeripheralConfig.read(each), arena.allocate(8));
                round();
                each.channel().close();
                TransferResult result = result(waiting);
                assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
                assertThat(result.error().orElseThrow().message()).contains("EBADF", "closed");
            }
            ByteBuffer buffer = ByteBuffer.allocate(1);
            await().atMost(DEADLINE).until(() -> far.read(buffer) == -1);
        }
    }

    /** Lets the worker take all that it was given. */
    private void round() {
        try (DmaChannel other = engine.requestChannel(Capability.INTERRUPT)) {
            Transfer last = other.submit(other.prepInterrupt());
            other.issuePending();
            result(last);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "workers"})
    @DisplayName(
            "A lock on a file outlives the transfers of the file, also where none is registered")
    void shouldLeaveLocks(String mode) throws Exception {
        Path path = Files.write(folder.resolve("locked"), new byte[8]);
        String inode = ":" + Files.getAttribute(path, "unix:ino") + " ";
        Pipe pipe = Pipe.open();
        EngineOptions options = EngineOptions.defaults().with("mode", mode).with("files", "0");
        try (DmaEngine other = DmaEngines.open(new UringEngineProvider(), options);
                DmaChannel mover = other.requestChannel(Capability.PERIPHERAL);
                FileChannel file =
                        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            assertThat(Files.readString(Path.of("/proc/locks"))).contains(inode);
            move(mover, PeripheralConfig.read(Peripheral.of(file)));
            int ends = descriptorsOf(pipe);
            move(mover, PeripheralConfig.write(Peripheral.of(pipe.sink())));
            // What lay there unused since before the pipe was looked at in the same turn.
            await().atMost(DEADLINE).until(() -> descriptorsOf(pipe) == ends);
            move(mover, PeripheralConfig.write(Peripheral.of(pipe.sink())));
            assertThat(Files.readString(Path.of("/proc/locks"))).contains(inode);
            assertThat(lock.isValid()).isTrue();
        }
        pipe.sink().close();
        pipe.source().close();
    }

    private void move(DmaChannel mover, PeripheralConfig config) {
        Transfer transfer =
                mover.submit(mover.prepPeripheralSg(config, List.of(arena.allocate(8))));
        mover.issuePending();
        assertThat(result(transfer).isWhole()).isTrue();
    }

    /** How many descriptors the process has of it. */
    private static int descriptorsOf(Pipe pipe) throws Exception {
        int number = NativeUringCalls.link().descriptorOf(pipe.sink());
        Path wanted = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number));
        int count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                try {
                    count += Files.readSymbolicLink(each).equals(wanted) ? 1 : 0;
                } catch (NoSuchFileException closedMeanwhile) {
                    // The folder's own, for one.
                }
            }
        }
        return count;
    }

    @Test
    @DisplayName("A channel without a descriptor is refused at the door")
    void shouldRefuseForeignChannel() {
        var foreign = Channels.newChannel(new java.io.ByteArrayInputStream(new byte[8]));
        PeripheralConfig config = PeripheralConfig.read(Peripheral.of(foreign));
        List<MemorySegment> memory = List.of(arena.allocate(8));
        assertThatThrownBy(() -> channel.prepPeripheralSg(config, memory))
                .isInstanceOf(PrepRefusedException.class)
                .hasMessageContaining("BLOCKING");
    }

    @ParameterizedTest
    @CsvSource({
        "inline, false, 0",
        "inline, true, 0",
        "workers, false, 0",
        "workers, true, 0",
        "workers, true, 1"
    })
    @DisplayName(
            "C16: mapped memory carries what other memory would, past the page cache and through"
                    + " it")
    void shouldMoveMappedMemory(String mode, boolean direct, String polled) throws Exception {
        int block = 1 << 16;
        byte[] bytes = new byte[32 * block];
        new Random(bytes.length).nextBytes(bytes);
        Path from = Files.write(folder.resolve("from"), bytes);
        Path to = Files.write(folder.resolve("to"), new byte[bytes.length]);
        try (DmaEngine other =
                        DmaEngines.open(
                                new UringEngineProvider(),
                                EngineOptions.defaults()
                                        .with("mode", mode)
                                        .with("iopoll", polled));
                Arena foreign = Arena.ofShared();
                FileChannel source = open(from, direct, StandardOpenOption.READ);
                FileChannel target = open(to, direct, StandardOpenOption.WRITE);
                DmaChannel copier = other.requestChannel(Capability.PERIPHERAL);
                DmaBuffer mapped = other.map(foreign.allocate(bytes.length, 4096))) {
            for (Peripheral each : List.of(Peripheral.of(source), Peripheral.of(target))) {
                PeripheralConfig config =
                        each.channel().equals(source)
                                ? PeripheralConfig.read(each)
                                : PeripheralConfig.write(each);
                List<Transfer> transfers = new ArrayList<>();
                for (int at = 0; at < bytes.length; at += block) {
                    MemorySegment part = mapped.segment().asSlice(at, block);
                    transfers.add(
                            copier.submit(
                                    copier.prepPeripheralSg(config.atOffset(at), List.of(part))));
                }
                copier.issuePending();
                for (Transfer transfer : transfers) {
                    assertThat(transfer.await(DEADLINE).isQuiesced()).isTrue();
                    assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
                }
            }
        }
        assertThat(Files.readAllBytes(to)).isEqualTo(bytes);
    }

    private static FileChannel open(Path file, boolean direct, OpenOption way) throws IOException {
        try {
            return direct ? FileChannel.open(file, way, direct()) : FileChannel.open(file, way);
        } catch (UnsupportedOperationException | ClassNotFoundException no) {
            return abort("no direct I/O here: " + no);
        }
    }

    private static OpenOption direct() throws ClassNotFoundException {
        // Named by a string, because the compiler warns of classes that belong to the JDK.
        for (Object each :
                Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
            if (each instanceof OpenOption option && each.toString().equals("DIRECT")) {
                return option;
            }
        }
        throw new UnsupportedOperationException("no DIRECT");
    }
}
