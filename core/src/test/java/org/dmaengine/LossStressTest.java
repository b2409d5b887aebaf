package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

/**
 * The engine is lost at a random moment under clients that do all they can; then the late proofs
 * arrive. Nobody hangs, every transfer gets its outcome, nothing stays in quarantine, and three
 * closers all get through (C12, C14).
 */
class LossStressTest {
    private static final int ROUNDS = 60;
    private static final int STEPS = 60;

    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();

    static LongStream seeds() {
        return LongStream.of(11, 12, System.nanoTime());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @DisplayName("C12, C14: lost at any moment, proved late, closed by three")
    void shouldSurviveLossAtAnyMoment(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            round(random.split());
            assertThat(broken).as("seed %d, round %d", seed, round).isEmpty();
        }
        await().atMost(Bench.DEADLINE).until(() -> Quarantine.withheldArenas() == 0);
    }

    private void round(SplittableRandom random) {
        ManualEngine provider = ManualEngine.ofChannels(1);
        DmaEngine engine =
                DmaEngines.open(provider, EngineOptions.defaults().withFaults(fault -> {}));
        DmaChannel channel =
                engine.requestChannel(
                        ChannelRequest.of(Capability.MEMCPY, Capability.PAUSE).withDepth(16));
        ManualBackend backend = provider.channels.getFirst();
        DmaArena arena = DmaArena.open(new ClosePolicy.TerminateThenDrain(Duration.ofMillis(1)));
        MemorySegment memory = arena.allocate(128);
        Queue<Transfer> transfers = new ConcurrentLinkedQueue<>();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int client = 0; client < 3; client++) {
            SplittableRandom mine = random.split();
            threads.add(
                    start(() -> {
                        for (int step = 0; step < STEPS; step++) {
                            step(channel, memory, mine, transfers);
                        }
                    }));
        }
        int spins = random.nextInt(20_000);
        Thread engineThread =
                start(() -> {
                    while (!stop.get()) {
                        backend.take(2);
                        backend.completeAll();
                    }
                });
        threads.add(
                start(() -> {
                    for (int i = 0; i < spins; i++) {
                        Thread.onSpinWait();
                    }
                    backend.queue().lost("seeded", null);
                }));
        threads.forEach(Bench::join);
        Thread arenaCloser = start(() -> tryQuietly(arena::close));
        Bench.join(arenaCloser);
        stop.set(true);
        Bench.join(engineThread);
        backend.completeAll();

        List<Thread> closers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            closers.add(start(channel::close));
        }
        closers.forEach(Bench::join);
        Bench.join(start(engine::close));
        tryQuietly(arena::close);
        for (Transfer transfer : transfers) {
            assertThat(transfer.result()).as("%s", transfer).isPresent();
        }
        assertThat(engine.quarantine()).isEmpty();
        assertThat(backend.closes).hasValue(1);
        await().atMost(Bench.DEADLINE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> !arena.scope().isAlive());
    }

    private void step(
            DmaChannel channel,
            MemorySegment memory,
            SplittableRandom random,
            Queue<Transfer> transfers) {
        int dice = random.nextInt(100);
        tryQuietly(() -> {
            if (dice < 50) {
                transfers.add(
                        channel.submit(
                                channel.prepMemcpy(memory.asSlice(0, 64), memory.asSlice(64, 64))
                                        .onComplete(result -> {})));
                channel.issuePending();
            } else if (dice < 60) {
                channel.terminateAsync();
            } else if (dice < 70) {
                channel.terminateSync();
            } else if (dice < 75) {
                channel.synchronize();
            } else if (dice < 80) {
                channel.drain(Duration.ofNanos(10_000));
            } else if (dice < 85) {
                channel.pause();
                channel.resume();
            } else if (dice < 90) {
                Transfer last = transfers.peek();
                if (last != null) {
                    last.await(Duration.ofNanos(10_000));
                }
            } else {
                channel.status(random.nextInt(1, 40));
            }
        });
    }

    /** What the API may answer here: dead, stale, full, overtaken, in flight. */
    private static void tryQuietly(Runnable call) {
        try {
            call.run();
        } catch (DmaException | IllegalStateException expected) {
            Thread.onSpinWait();
        }
    }

    private Thread start(Runnable body) {
        return Thread.ofPlatform()
                .daemon(true)
                .start(() -> {
                    try {
                        body.run();
                    } catch (RuntimeException | Error any) {
                        broken.add(any);
                    }
                });
    }
}
