package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Who waits registers, looks, and is woken after the change: in this order (C2, C5, C6). */
class WakeUpTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final SteppedTime time = new SteppedTime();
    private final ManualEngine provider = ManualEngine.ofChannels(1);
    private final DmaEngine engine =
            DmaEngines.open(provider, EngineOptions.defaults().withScheduler(time));
    private final DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
    private final ManualBackend backend = provider.channels.getFirst();
    private final DmaArena arena = DmaArena.open();
    private final Transfer transfer =
            channel.submit(channel.prepMemcpy(arena.allocate(8), arena.allocate(8)));

    WakeUpTest() {
        channel.issuePending();
        backend.take();
    }

    @AfterEach
    void close() {
        time.onLook = () -> {};
        channel.terminateAsync();
        backend.abortAll();
        Bench.join(Thread.ofPlatform().start(engine::close));
        arena.close();
    }

    private static Thread start(Runnable body) {
        return Thread.ofPlatform().daemon(true).start(body);
    }

    /** Ends the transfer when the waiter reads the clock for the last time before it parks. */
    private void endBeforePark() {
        Thread waiter = Thread.currentThread();
        AtomicInteger looks = new AtomicInteger();
        time.onLook =
                () -> {
                    // First for the deadline, then for what is left of it.
                    if (Thread.currentThread().equals(waiter) && looks.incrementAndGet() == 2) {
                        backend.completeAll();
                    }
                };
    }

    @Test
    @DisplayName("C5: an outcome that comes between the look and the wait ends the wait")
    void shouldSeeOutcomeThatComesBeforePark() {
        Thread waiter =
                start(() -> {
                    endBeforePark();
                    transfer.await(LONG);
                });

        Bench.join(waiter);
        assertThat(transfer.result()).isPresent();
    }

    @Test
    @DisplayName("C6: a generation that gets quiet between the look and the wait ends the wait")
    void shouldSeeQuietThatComesBeforePark() {
        Thread waiter =
                start(() -> {
                    endBeforePark();
                    channel.terminateSync(LONG);
                });

        Bench.join(waiter);
        assertThat(transfer.result()).isPresent();
    }

    @Test
    @DisplayName("C2: who is woken by an outcome finds it")
    void shouldPublishOutcomeBeforeWaking() {
        List<Boolean> there = new CopyOnWriteArrayList<>();
        Thread waiter = Thread.ofPlatform().daemon(true).unstarted(transfer::await);
        time.onWake =
                thread -> {
                    if (thread.equals(waiter)) {
                        there.add(transfer.result().isPresent());
                    }
                };
        waiter.start();
        time.awaitParked(waiter);
        backend.completeAll();
        Bench.join(waiter);

        assertThat(there).containsExactly(true);
    }

    /** Real time, with something done at each reading of the clock and at each wake-up. */
    private static final class SteppedTime implements Scheduler {
        private final ManualTime parks = new ManualTime();
        volatile Runnable onLook = () -> {};
        volatile Consumer<Thread> onWake = thread -> {};

        void awaitParked(Thread thread) {
            await().atMost(Bench.DEADLINE).until(() -> parks.isParked(thread));
        }

        @Override
        public long nanoTime() {
            onLook.run();
            return parks.nanoTime();
        }

        @Override
        public void park(long nanos) {
            parks.park(nanos);
        }

        @Override
        public void unpark(Thread thread) {
            onWake.accept(thread);
            parks.unpark(thread);
        }

        @Override
        public Thread start(String name, Runnable body) {
            return parks.start(name, body);
        }
    }
}
