package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An interrupt that a callback leaves on a thread of the engine closes nobody's file. */
class InterruptTest {
    // The test's thread takes the place of the engine's.
    private final SteppedCrew threads = new SteppedCrew();

    @TempDir private Path folder;

    @AfterEach
    void forgetInterrupt() {
        Thread.interrupted();
    }

    private FileChannel file(String name) throws IOException {
        return FileChannel.open(Files.write(folder.resolve(name), new byte[100]));
    }

    private static DmaChannel channel(CpuBench bench, Capability... capabilities) {
        return bench.engine.requestChannel(
                ChannelRequest.of(capabilities).withCallbackExecutor(Runnable::run));
    }

    private static void interrupt() {
        Thread.currentThread().interrupt();
    }

    private void stepToTheEnd() {
        while (threads.step()) {
            // Until no worker has anything to do.
        }
    }

    @Test
    @DisplayName(
            "C3, C14: left by a callback of one channel, it does not close the next one's file")
    void shouldNotCloseFileOfNextChannel() throws IOException {
        try (FileChannel first = file("first");
                FileChannel second = file("second");
                CpuBench bench = CpuBench.open(threads, "io-threads", "1");
                DmaChannel careless = channel(bench, Capability.PERIPHERAL);
                DmaChannel other = channel(bench, Capability.PERIPHERAL)) {
            CpuBench.issue(
                    careless,
                    careless.prepPeripheralSg(
                                    PeripheralConfig.read(new Peripheral.File(first)),
                                    List.of(bench.memory(100)))
                            .onComplete(result -> interrupt()));
            Transfer behind =
                    CpuBench.issue(
                            other,
                            other.prepPeripheralSg(
                                    PeripheralConfig.read(new Peripheral.File(second)),
                                    List.of(bench.memory(100))));

            stepToTheEnd();

            assertThat(behind.await().isWhole()).isTrue();
            assertThat(second.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "C3: left by a callback in the middle of a turn, it does not close the ring's file")
    void shouldNotCloseFileOfSameTurn() throws IOException {
        AtomicInteger periods = new AtomicInteger();
        try (FileChannel file = file("ring");
                CpuBench bench = CpuBench.open(threads, "io-threads", "1");
                DmaChannel channel = channel(bench, Capability.CYCLIC)) {
            Transfer ring =
                    CpuBench.issue(
                            channel,
                            channel.prepCyclic(
                                    PeripheralConfig.read(new Peripheral.File(file)),
                                    bench.memory(20),
                                    10,
                                    event -> {
                                        periods.incrementAndGet();
                                        interrupt();
                                    }));

            stepToTheEnd();

            assertThat(ring.await().bytes()).isEqualTo(100);
            assertThat(ring.await().error().orElseThrow().cause())
                    .containsInstanceOf(EOFException.class);
            assertThat(periods).hasValue(10);
            assertThat(file.isOpen()).isTrue();
        }
    }
}
