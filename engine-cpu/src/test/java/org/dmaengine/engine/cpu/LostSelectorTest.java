package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineDescription;
import org.dmaengine.EngineLostException;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Without the selector's thread no stream transfer waits for ever: its channel is lost (C12). */
class LostSelectorTest {
    private static final String SELECTOR = "dma-cpu-selector";

    private final FailingThreads threads = new FailingThreads();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final DmaArena arena = DmaArena.open();
    private final List<Pipe> pipes = new ArrayList<>();
    private final KnownQueues queues = new KnownQueues();
    private final DmaEngine engine =
            DmaEngines.open(
                    queues,
                    EngineOptions.defaults().withScheduler(threads).withFaults(faults::add));

    private Pipe pipe;

    @BeforeEach
    void openPipe() throws IOException {
        pipe = newPipe();
    }

    /** The test knows that nobody touches them any more: they leave the quarantine. */
    private void proveLate(Transfer... transfers) {
        for (int i = 0; i < transfers.length; i++) {
            queues.opened.get(i).end(transfers[i].cookie(), Outcome.ABORTED, 0);
            assertThat(transfers[i].await().outcome()).isEqualTo(Outcome.ABORTED);
        }
        assertThat(engine.quarantine()).isEmpty();
        // Now it can: and none of its threads is left for the tests behind.
        engine.close();
        arena.close();
    }

    @AfterEach
    void closePipes() throws IOException {
        for (Pipe each : pipes) {
            each.source().close();
            each.sink().close();
        }
    }

    private Pipe newPipe() throws IOException {
        Pipe made = Pipe.open();
        pipes.add(made);
        return made;
    }

    private Transfer read(DmaChannel channel, Pipe from) {
        return CpuBench.issue(
                channel,
                channel.prepPeripheralSg(
                        PeripheralConfig.read(new Peripheral.Stream(from.source())),
                        List.of(arena.allocate(8))));
    }

    private DmaChannel channel() {
        return engine.requestChannel(Capability.PERIPHERAL);
    }

    private void awaitLost(int channels) {
        await().until(() -> faults.size() >= channels);
        assertThat(faults).hasSize(channels);
        assertThat(faults).allMatch(fault -> fault.kind() == Fault.Kind.ENGINE_LOST);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C12: whatever its thread dies of, all that wait for it are told, now and later")
    void shouldLoseAllChannelsWhenThreadFails(boolean error) throws IOException {
        Transfer waiting = read(channel(), pipe);
        await().until(pipe.source()::isRegistered);
        threads.broken =
                error ? new AssertionError("planted") : new IllegalStateException("planted");
        Transfer next = read(channel(), newPipe());

        awaitLost(2);
        assertThatThrownBy(waiting::await)
                .isInstanceOf(EngineLostException.class)
                .hasMessageContaining("planted");
        assertThatThrownBy(next::await).isInstanceOf(EngineLostException.class);

        Transfer late = read(channel(), newPipe());
        awaitLost(3);
        assertThatThrownBy(late::await).isInstanceOf(EngineLostException.class);
        assertThatThrownBy(engine::close).isInstanceOf(EngineLostException.class);
        proveLate(waiting, next, late);
    }

    @Test
    @DisplayName(
            "C12: where it cannot be started its channel is lost, and the next one tries again")
    void shouldTryAgainToStartThread() throws IOException {
        threads.noThreads = true;
        Transfer first = read(channel(), pipe);
        awaitLost(1);
        assertThatThrownBy(first::await).isInstanceOf(EngineLostException.class);

        threads.noThreads = false;
        Pipe other = newPipe();
        other.sink().write(ByteBuffer.wrap(new byte[8]));
        Transfer second = read(channel(), other);
        await().until(() -> second.result().isPresent());
        assertThat(second.await().isWhole()).isTrue();
        assertThatThrownBy(engine::close).isInstanceOf(EngineLostException.class);
        proveLate(first);
    }

    /** The system's, until the selector's thread is to fail, or cannot be had. */
    private static final class FailingThreads implements Scheduler {
        private volatile Throwable broken;
        private volatile boolean noThreads;

        @Override
        public long nanoTime() {
            if (Thread.currentThread().getName().equals(SELECTOR)) {
                switch (broken) {
                    case RuntimeException exception -> throw exception;
                    case Error error -> throw error;
                    case null, default -> {}
                }
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
            if (noThreads && name.equals(SELECTOR)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return Scheduler.system().start(name, body);
        }
    }

    /**
     * The engine, whose channels' queues the test knows, in the order in which they were opened.
     */
    private static final class KnownQueues implements EngineProvider {
        private final EngineProvider cpu = new CpuEngineProvider();
        private final List<ChannelQueue> opened = new ArrayList<>();

        @Override
        public String name() {
            return cpu.name();
        }

        @Override
        public Probe probe() {
            return cpu.probe();
        }

        @Override
        public EngineBackend open(EngineSettings settings) {
            EngineBackend engine = cpu.open(settings);
            return new EngineBackend() {
                @Override
                public EngineDescription description() {
                    return engine.description();
                }

                @Override
                public ChannelBackend openChannel(int index, ChannelQueue queue) {
                    opened.add(queue);
                    return engine.openChannel(index, queue);
                }

                @Override
                public void close() {
                    engine.close();
                }
            };
        }
    }
}
