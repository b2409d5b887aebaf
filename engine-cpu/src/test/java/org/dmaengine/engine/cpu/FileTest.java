package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

class FileTest {
    @TempDir Path folder;

    private FileChannel file(byte[] content) throws IOException {
        Path path = Files.write(folder.resolve("data"), content);
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = CpuBench.patternAt(i);
        }
        return bytes;
    }

    private static Descriptor prep(
            DmaChannel channel, PeripheralConfig config, MemorySegment... segments) {
        return channel.prepPeripheralSg(config, List.of(segments));
    }

    @Test
    void shouldReadListAtOffset() throws IOException {
        byte[] content = pattern(3_000_000);
        try (FileChannel file = file(content);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment target = bench.memory(2_500_000);
            PeripheralConfig config =
                    PeripheralConfig.read(new Peripheral.File(file))
                            .atOffset(12_345)
                            .withBurst(333);
            TransferResult result =
                    CpuBench.issue(
                                    channel,
                                    prep(
                                            channel,
                                            config,
                                            target.asSlice(0, 1),
                                            target.asSlice(1, 99_999),
                                            target.asSlice(100_000, 0),
                                            target.asSlice(100_000)))
                            .await();
            assertThat(result.isWhole()).isTrue();
            MemorySegment expected = MemorySegment.ofArray(content).asSlice(12_345, 2_500_000);
            assertThat(target.mismatch(expected)).isEqualTo(-1);
        }
    }

    @Test
    void shouldWriteListAtOffsetAndNothingElse() throws IOException {
        try (FileChannel file = file(new byte[5_000_000]);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment source = bench.pattern(4_000_001);
            PeripheralConfig config =
                    PeripheralConfig.write(new Peripheral.File(file)).atOffset(77);
            TransferResult result =
                    CpuBench.issue(
                                    channel,
                                    prep(channel, config, source.asSlice(0, 3), source.asSlice(3)))
                            .await();
            assertThat(result.isWhole()).isTrue();
            MemorySegment written =
                    MemorySegment.ofArray(Files.readAllBytes(folder.resolve("data")));
            assertThat(written.asSlice(77, 4_000_001).mismatch(source)).isEqualTo(-1);
            assertThat(written.asSlice(0, 77).mismatch(bench.memory(77))).isEqualTo(-1);
            assertThat(written.asSlice(4_000_078).mismatch(bench.memory(999_922))).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("C2: the end of the file completes with a residue")
    void shouldCompleteWithResidueAtEndOfFile() throws IOException {
        try (FileChannel file = file(new byte[1000]);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            PeripheralConfig config =
                    PeripheralConfig.read(new Peripheral.File(file)).atOffset(900);
            TransferResult result =
                    CpuBench.issue(channel, prep(channel, config, bench.memory(4096))).await();
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.bytes()).isEqualTo(100);
            assertThat(result.residueBytes()).isEqualTo(3996);
        }
    }

    @Test
    @DisplayName("C2: a direct read across an end of the file inside a block completes too")
    void shouldCompleteDirectReadAtEndInsideBlock() throws IOException {
        Path path = Files.write(folder.resolve("data"), new byte[5000]);
        try (FileChannel file = openDirect(path);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            MemorySegment memory = bench.arena.allocate(16384, 4096);
            PeripheralConfig config = PeripheralConfig.read(new Peripheral.File(file));
            TransferResult result = CpuBench.issue(channel, prep(channel, config, memory)).await();
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.bytes()).isEqualTo(5000);
        }
    }

    @Test
    @DisplayName("P9: a full device is WRITE_FAILED with its reason")
    void shouldFailWriteToFullDevice() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "this system has no /dev/full");
        try (FileChannel file = FileChannel.open(full, StandardOpenOption.WRITE);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            PeripheralConfig config = PeripheralConfig.write(new Peripheral.File(file));
            TransferResult result =
                    CpuBench.issue(channel, prep(channel, config, bench.memory(4096))).await();
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.bytes()).isZero();
            assertThat(result.error().orElseThrow().message()).contains("space");
        }
    }

    @Test
    @DisplayName("P9: a FIFO has no positions to read at, which is READ_FAILED and no end")
    void shouldFailReadOfFifo() throws IOException, InterruptedException {
        Path path = folder.resolve("fifo");
        assumeTrue(makeFifo(path), "this system has no mkfifo");
        try (FileChannel fifo =
                        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            fifo.write(ByteBuffer.allocate(10));
            PeripheralConfig config = PeripheralConfig.read(new Peripheral.File(fifo));
            TransferResult result =
                    CpuBench.issue(channel, prep(channel, config, bench.memory(10))).await();
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.bytes()).isZero();
            assertThat(result.error().orElseThrow().cause()).isPresent();
        }
    }

    private static boolean makeFifo(Path path) throws InterruptedException {
        try {
            return new ProcessBuilder("mkfifo", path.toString()).start().waitFor() == 0;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void shouldFailWhenFileWasClosed() throws IOException {
        FileChannel file = file(new byte[10]);
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Descriptor descriptor =
                    prep(
                            channel,
                            PeripheralConfig.read(new Peripheral.File(file)),
                            bench.memory(10));
            file.close();
            TransferResult result = CpuBench.issue(channel, descriptor).await();
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
        }
    }

    @Test
    void shouldRefuseWrongDirectionAndOverflowingOffset() throws IOException {
        Path path = Files.write(folder.resolve("one"), new byte[10]);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Peripheral peripheral = new Peripheral.File(file);
            MemorySegment memory = bench.memory(10);
            assertRefused(Reason.DIRECTION, channel, PeripheralConfig.write(peripheral), memory);
            assertRefused(
                    Reason.BOUNDS,
                    channel,
                    PeripheralConfig.read(peripheral).atOffset(Long.MAX_VALUE - 9),
                    memory);
        }
    }

    private static void assertRefused(
            Reason reason, DmaChannel channel, PeripheralConfig config, MemorySegment memory) {
        assertThatThrownBy(() -> prep(channel, config, memory))
                .isInstanceOfSatisfying(
                        PrepRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @Test
    void shouldNotCloseFileOfInterruptedClient() throws IOException {
        try (FileChannel file = file(new byte[10]);
                CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL)) {
            Thread.currentThread().interrupt();
            Descriptor descriptor =
                    prep(
                            channel,
                            PeripheralConfig.read(new Peripheral.File(file)),
                            bench.memory(10));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(CpuBench.issue(channel, descriptor).await().isWhole()).isTrue();
        }
    }

    private static FileChannel openDirect(Path path) throws IOException {
        try {
            // Named by a string, because the compiler warns of classes that belong to the JDK.
            for (Object each :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (each instanceof OpenOption option && each.toString().equals("DIRECT")) {
                    return FileChannel.open(path, StandardOpenOption.READ, option);
                }
            }
            return abort("no direct I/O here: this JDK has no DIRECT");
        } catch (UnsupportedOperationException | ClassNotFoundException no) {
            return abort("no direct I/O here: " + no);
        }
    }
}
