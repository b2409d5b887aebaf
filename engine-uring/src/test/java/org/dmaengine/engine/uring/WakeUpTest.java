package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Who rings a worker that is just falling asleep is heard, and nobody rings one that is gone. */
@Timeout(120)
class WakeUpTest {
    private static final int RACES = 100_000;

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "2, 1, 20", "3, 4, 0"})
    @DisplayName("C1: of 100,000 rings around the sleep of the worker none is lost")
    void shouldHearEveryRing(long seed, int ringerCount, String spins) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("spins", spins))) {
            List<Runnable> ringers = new ArrayList<>();
            for (int i = 0; i < ringerCount; i++) {
                Random random = new Random(seed + i);
                DmaChannel channel = bench.channel();
                // One alone has nobody whose ring would make up for a lost one.
                ringers.add(() -> ring(bench, channel, random, RACES / 3 / ringerCount));
            }
            runTogether(bench, ringers);
        }
    }

    private static void ring(FakeBench bench, DmaChannel channel, Random random, int rings) {
        for (int i = 0; i < rings; i++) {
            Transfer transfer = channel.submit(channel.prepInterrupt());
            channel.issuePending();
            assertThat(bench.outcome(transfer).outcome()).isEqualTo(Outcome.COMPLETE);
            spin(random.nextInt(300));
        }
    }

    @Test
    @DisplayName("C14: an engine that is closed while others ring writes to no closed descriptor")
    void shouldNotRingAfterClose() {
        int seed = 3;
        Random random = new Random(seed);
        try (FakeKernel kernel = new FakeKernel()) {
            for (int round = 0; round < 300; round++) {
                DmaEngine engine =
                        DmaEngines.open(
                                new FakeEngine(kernel, FakeOptions.workers()),
                                EngineOptions.defaults());
                DmaChannel channel = engine.requestChannel();
                int spins = random.nextInt(2_000);
                AtomicBoolean closed = new AtomicBoolean();
                Thread ringer = Thread.ofPlatform().start(() -> ringUntil(closed, channel));
                spin(spins);
                engine.close();
                closed.set(true);
                join(ringer);
                assertThat(kernel.misdeeds()).as("seed %d, round %d", seed, round).isEmpty();
                assertThat(kernel.descriptorCount()).isZero();
            }
        }
    }

    private static void ringUntil(AtomicBoolean closed, DmaChannel channel) {
        boolean last;
        do {
            last = closed.get();
            channel.issuePending();
            channel.terminateAsync();
        } while (!last);
    }

    @Test
    @DisplayName("E16: a worker that cannot be woken, for want of a place, looks by itself")
    void shouldLookWithoutWakeUp() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("entries", "4"))) {
            List<DmaChannel> channels = new ArrayList<>();
            List<Transfer> transfers = new ArrayList<>();
            AtomicInteger refusals = new AtomicInteger();
            for (int i = 0; i < 4; i++) {
                channels.add(bench.channel());
            }
            bench.round();
            // The four reads fill the ring; it is emptied only by the call that waits.
            bench.faults()
                    .onEnter((_, offered, waits) -> {
                        boolean refused = offered == 4 && !waits;
                        refusals.addAndGet(refused ? 1 : 0);
                        return refused ? -Errno.EAGAIN : offered;
                    });
            FakePipe pipe = new FakePipe(100, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            bench.stream(pipe.sink());
            bench.whileAsleep(() -> {
                for (DmaChannel each : channels) {
                    transfers.add(FakeBench.read(each, source, 0, bench.memory(10)));
                }
            });
            bench.entries(4, FakeEntry::isPoll);
            assertThat(refusals).as("the ring was full").hasPositiveValue();
            bench.faults().onEnter((_, offered, _) -> offered);
            for (int i = 0; i < 4; i++) {
                channels.get(i).terminateAsync();
                assertThat(bench.outcome(transfers.get(i)).outcome()).isEqualTo(Outcome.ABORTED);
            }
        }
    }

    @Test
    @DisplayName("E16: a channel that found no place is looked at again, though nothing is over")
    void shouldLookAgainForPlace() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("entries", "4"))) {
            List<DmaChannel> channels = new ArrayList<>();
            AtomicInteger refusals = new AtomicInteger();
            for (int i = 0; i < 5; i++) {
                channels.add(bench.channel());
            }
            bench.round();
            bench.faults()
                    .onEnter((_, offered, _) ->
                            offered == 4 && refusals.getAndIncrement() == 0
                                    ? -Errno.EAGAIN
                                    : offered);
            FakePipe pipe = new FakePipe(100, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            bench.stream(pipe.sink());
            FakeFileChannel file = bench.file(10);
            AtomicReference<Transfer> last = new AtomicReference<>();
            bench.whileAsleep(() -> {
                for (DmaChannel each : channels.subList(0, 4)) {
                    FakeBench.read(each, source, 0, bench.memory(10));
                }
                last.set(FakeBench.read(channels.get(4), file, 0, bench.memory(10)));
            });
            assertThat(bench.outcome(last.get()).isWhole()).isTrue();
            assertThat(refusals).as("the ring was full").hasPositiveValue();
        }
    }

    @Test
    @DisplayName("a wake-up never reaches a number that is closed, and maybe another file's")
    void shouldNotSignalClosedNumber() throws Exception {
        Random random = new Random(4);
        try (FakeKernel kernel = new FakeKernel()) {
            for (int round = 0; round < 3_000; round++) {
                WakeEvent event = WakeEvent.open(kernel);
                AtomicBoolean closed = new AtomicBoolean();
                Thread signaller = Thread.ofPlatform().start(() -> signalUntil(closed, event));
                spin(random.nextInt(500));
                event.close();
                closed.set(true);
                join(signaller);
                event.signal();
                assertThat(kernel.misdeeds()).as("seed 4, round %d", round).isEmpty();
            }
            assertThat(kernel.descriptorCount()).isZero();
        }
    }

    private static void signalUntil(AtomicBoolean closed, WakeEvent event) {
        do {
            event.signal();
        } while (!closed.get());
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    private static void runTogether(FakeBench bench, List<Runnable> bodies) {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = new java.util.concurrent.CopyOnWriteArrayList<>();
        for (Runnable each : bodies) {
            threads.add(
                    Thread.ofPlatform()
                            .uncaughtExceptionHandler((_, failure) -> thrown.add(failure))
                            .start(each));
        }
        threads.forEach(WakeUpTest::join);
        assertThat(thrown).as("in the kernel: %s", bench.kernel().flight().entries()).isEmpty();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
