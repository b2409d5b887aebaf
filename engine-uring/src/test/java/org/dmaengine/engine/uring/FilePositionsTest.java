package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
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
}
