package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.dmaengine.EngineOptions;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where in a file the bytes of a transfer lie, on the machine's own kernel. */
@Timeout(60)
class FilePositionsTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1_000, 8 << 20})
    @DisplayName("what is appended to a file lies there transfer by transfer, in their order")
    void shouldAppendInOrder(int lengthBytes) throws IOException {
        Path path = folder.resolve("appended");
        try (KernelBench bench = new KernelBench();
                FileChannel file =
                        FileChannel.open(
                                path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            PeripheralConfig config = PeripheralConfig.write(Peripheral.of(file));
            List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                var memory = bench.arena.allocate(lengthBytes).fill((byte) ('A' + i));
                var prepared = bench.channel.prepPeripheralSg(config, List.of(memory));
                transfers.add(bench.channel.submit(prepared));
            }
            bench.channel.issuePending();
            for (Transfer each : transfers) {
                assertThat(bench.result(each).isWhole()).isTrue();
            }
        }
        byte[] expected = new byte[4 * lengthBytes];
        for (int i = 0; i < 4; i++) {
            Arrays.fill(expected, i * lengthBytes, (i + 1) * lengthBytes, (byte) ('A' + i));
        }
        assertThat(Arrays.mismatch(Files.readAllBytes(path), expected)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/vcsa", "/dev/cpu/0/cpuid"})
    @DisplayName("a device is read at the offset of the transfer, and its own position stays")
    void shouldReadDeviceAtOffset(String path) throws IOException {
        if (!Files.isReadable(Path.of(path))) {
            abort("no " + path + " here");
        }
        try (KernelBench bench = new KernelBench();
                FileChannel device = FileChannel.open(Path.of(path))) {
            // The size of the screen; what the processor's second question is answered with.
            ByteBuffer expected = ByteBuffer.allocate(16);
            int count = device.read(expected, 1);
            MemorySegment memory = bench.arena.allocate(count);
            PeripheralConfig second = PeripheralConfig.read(Peripheral.of(device)).atOffset(1);
            assertThat(bench.result(bench.begin(second, memory)).isWhole()).isTrue();
            assertThat(memory.toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Arrays.copyOf(expected.array(), count));
            assertThat(device.position()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline", "workers"})
    @DisplayName("offsets of more than 32 bits: a sparse file is written and read behind 4 GiB")
    void shouldReachBeyondFourGibibytes(String mode) throws IOException {
        long offset = (5L << 30) + 12_345;
        try (KernelBench bench = new KernelBench(EngineOptions.defaults().with("mode", mode));
                FileChannel file =
                        FileChannel.open(
                                folder.resolve("sparse"),
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.SPARSE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            MemorySegment source = bench.memory("far behind");
            Peripheral peripheral = Peripheral.of(file);
            var write = PeripheralConfig.write(peripheral).atOffset(offset);
            assertThat(bench.result(bench.begin(write, source)).isWhole()).isTrue();
            assertThat(file.size()).isEqualTo(offset + source.byteSize());
            MemorySegment target = bench.arena.allocate(source.byteSize());
            var read = PeripheralConfig.read(peripheral).atOffset(offset);
            assertThat(bench.result(bench.begin(read, target)).isWhole()).isTrue();
            assertThat(KernelBench.text(target)).isEqualTo("far behind");
            ByteBuffer direct = ByteBuffer.allocate(20);
            assertThat(file.read(direct, offset)).isEqualTo(10);
            assertThat(new String(direct.array(), 0, 10, US_ASCII)).isEqualTo("far behind");
        }
    }
}
