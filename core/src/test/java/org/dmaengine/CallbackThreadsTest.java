package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The engine's own callback threads: started as needed, bounded, and hard to kill. */
class CallbackThreadsTest {
    private final ManualTime time = new ManualTime();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final CallbackThreads threads = new CallbackThreads("unit", 2, time, failures::add);

    @AfterEach
    void close() {
        threads.close();
        awaitThough(() -> alive() == 0);
    }

    private static long alive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("dma-callback-unit-"))
                .count();
    }

    @Test
    @DisplayName("P10: no more threads than its bound, and all tasks run")
    void shouldStayWithinBound() {
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(8);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 8; i++) {
            threads.execute(() -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                Bench.await(leave);
                inside.decrementAndGet();
                over.countDown();
            });
        }
        await().atMost(Bench.DEADLINE).until(() -> inside.get() == 2);
        leave.countDown();
        Bench.await(over);

        assertThat(most).hasValue(2);
    }

    @Test
    @DisplayName("E17: a task that throws costs no thread")
    void shouldSurviveTaskThatThrows() {
        List<Integer> ran = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 6; i++) {
            int number = i;
            threads.execute(() -> {
                ran.add(number);
                throw new TaskFailure();
            });
        }
        CountDownLatch last = new CountDownLatch(1);
        threads.execute(last::countDown);
        Bench.await(last);

        awaitThough(() -> ran.size() == 6);
    }

    @Test
    @DisplayName("E17: nor does a handler of uncaught exceptions that throws")
    void shouldSurviveHandlerThatThrows() {
        AtomicInteger told = new AtomicInteger();
        for (int i = 0; i < 6; i++) {
            threads.execute(() -> {
                Thread.currentThread()
                        .setUncaughtExceptionHandler((_, _) -> {
                            told.incrementAndGet();
                            throw new TaskFailure();
                        });
                throw new TaskFailure();
            });
        }
        CountDownLatch last = new CountDownLatch(1);
        threads.execute(last::countDown);
        Bench.await(last);

        awaitThough(() -> told.get() == 6);
    }

    /** Though a task throws meanwhile: that is not for Awaitility, which sees it too. */
    private static void awaitThough(Callable<Boolean> condition) {
        await().dontCatchUncaughtExceptions().atMost(Bench.DEADLINE).until(condition);
    }

    private static final class TaskFailure extends Error {
        private static final long serialVersionUID = 1;

        TaskFailure() {
            super("on purpose", null, false, false);
        }
    }

    @Test
    @DisplayName("An interrupt belongs to the task that got it")
    void shouldForgetInterrupt() {
        CountDownLatch over = new CountDownLatch(1);
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        CallbackThreads one = new CallbackThreads("unit-one", 1, time, failures::add);
        one.execute(() -> Thread.currentThread().interrupt());
        one.execute(() -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            over.countDown();
        });
        Bench.await(over);
        one.close();

        assertThat(interrupted).containsExactly(false);
    }

    @Test
    @DisplayName("Nor has the next one that which came when its task was over")
    void shouldForgetLateInterrupt() {
        AtomicReference<Thread> worker = new AtomicReference<>();
        CallbackThreads one = new CallbackThreads("unit-one", 1, time, failures::add);
        one.execute(() -> worker.set(Thread.currentThread()));
        await().atMost(Bench.DEADLINE)
                .until(() -> worker.get() != null && time.isParked(worker.get()));
        worker.get().interrupt();
        await().atMost(Bench.DEADLINE)
                .until(() -> time.isParked(worker.get()) && !worker.get().isInterrupted());
        int parks = time.parkedNanos().size();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        one.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));

        assertThat(interrupted).succeedsWithin(Bench.DEADLINE).isEqualTo(false);
        assertThat(parks).as("it does not spin for the interrupt").isLessThanOrEqualTo(3);
        one.close();
    }

    @Test
    @DisplayName("Idle threads end after a while, and come back with work")
    void shouldEndIdleThreads() {
        CountDownLatch first = new CountDownLatch(1);
        threads.execute(first::countDown);
        Bench.await(first);
        await().atMost(Bench.DEADLINE)
                .until(() -> {
                    time.advance(20_000_000_000L);
                    return alive() == 0;
                });
        CountDownLatch second = new CountDownLatch(1);
        threads.execute(second::countDown);

        Bench.await(second);
    }

    @Test
    @DisplayName("After close what comes is still run")
    void shouldRunAfterClose() {
        threads.close();
        CountDownLatch late = new CountDownLatch(1);
        threads.execute(late::countDown);

        Bench.await(late);
    }

    @Test
    @DisplayName("C5: where no thread could be started, callbacks run once one can be")
    void shouldRunCallbacksAfterThreadsRanOut() {
        ManualEngine provider = ManualEngine.ofChannels(1);
        PoorScheduler poor = PoorScheduler.failing(2);
        DmaEngine engine =
                DmaEngines.open(
                        provider,
                        EngineOptions.defaults().withScheduler(poor).withFaults(fault -> {}));
        try (DmaArena arena = DmaArena.open()) {
            MemorySegment memory = arena.allocate(16);
            DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
            ManualBackend backend = provider.channels.getFirst();
            List<Long> called = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 2; i++) {
                channel.tryMemcpy(
                        memory, 0, memory, 8, 8, (cookie, outcome, bytes) -> called.add(cookie));
                channel.issuePending();
                // An engine's thread must not be hit by what the client's threads lack.
                assertThatCode(() -> backend.take().forEach(backend::complete))
                        .doesNotThrowAnyException();
            }
            channel.drain();

            assertThat(called).containsExactly(1L, 2L);
        }
        engine.close();
    }

    @Test
    @DisplayName("C5: callbacks that found no thread run when the next ones come")
    void shouldRunStrandedCallbacksWithNextOnes() {
        List<Long> called = new CopyOnWriteArrayList<>();
        try (Shared shared = new Shared(8, PoorScheduler.failing(2))) {
            shared.complete(3, (cookie, outcome, bytes) -> called.add(cookie));
            await().atMost(Bench.DEADLINE).until(() -> called.size() == 3);
        }

        assertThat(called).containsExactly(1L, 2L, 3L);
    }

    @Test
    @DisplayName("C5, C6: callbacks that found no thread run when somebody synchronizes")
    void shouldRunStrandedCallbacksAtSynchronize() {
        List<Long> called = new CopyOnWriteArrayList<>();
        try (Shared shared = new Shared(8, PoorScheduler.failing(1))) {
            DmaChannel channel = shared.complete(1, (cookie, outcome, bytes) -> called.add(cookie));
            Bench.join(Thread.ofPlatform().daemon(true).start(channel::synchronize));
        }

        assertThat(called).containsExactly(1L);
    }

    @Test
    @DisplayName("C8: a drain that waits already gets the thread that could not be started")
    void shouldRunStrandedCallbacksForDrainThatWaits() {
        List<Long> called = new CopyOnWriteArrayList<>();
        try (Shared shared = new Shared(8, PoorScheduler.failing(3))) {
            DmaChannel channel = shared.issue(1, (cookie, outcome, bytes) -> called.add(cookie));
            Thread waiter = Thread.ofPlatform().daemon(true).start(channel::drain);
            await().atMost(Bench.DEADLINE).until(() -> isParked(waiter));
            shared.completeLast();
            Bench.join(waiter);
        }

        assertThat(called).containsExactly(1L);
    }

    @Test
    @DisplayName("C6: so does a synchronize that waits, and its deadline holds meanwhile")
    void shouldRunStrandedCallbacksForSynchronizeThatWaits() {
        PoorScheduler poor = PoorScheduler.failing(Integer.MAX_VALUE);
        List<Long> called = new CopyOnWriteArrayList<>();
        List<Fault> faults = new CopyOnWriteArrayList<>();
        try (Shared shared = new Shared(8, poor, faults::add)) {
            DmaChannel channel = shared.complete(1, (cookie, outcome, bytes) -> called.add(cookie));
            assertThat(channel.synchronize(Duration.ofMillis(1)).isQuiesced()).isFalse();
            Thread waiter = Thread.ofPlatform().daemon(true).start(channel::synchronize);
            await().atMost(Bench.DEADLINE).until(() -> isParked(waiter));
            poor.failures.set(0);
            Bench.join(waiter);
        }

        assertThat(called).containsExactly(1L);
        assertThat(faults).as("not for each try").hasSize(1);
    }

    private static boolean isParked(Thread thread) {
        Thread.State state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    @Test
    @DisplayName("C5: futures that found no thread complete when the next transfer ends")
    void shouldCompleteStrandedFutures() {
        try (Shared shared = new Shared(8, PoorScheduler.failing(1))) {
            DmaChannel channel = shared.engine.requestChannel(Capability.MEMCPY);
            ManualBackend backend = shared.provider.channels.getLast();
            List<CompletableFuture<TransferResult>> futures = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                MemorySegment target = shared.memory.asSlice(0, 8);
                MemorySegment source = shared.memory.asSlice(8, 8);
                Transfer transfer = channel.submit(channel.prepMemcpy(target, source));
                futures.add(transfer.toFuture());
                channel.issuePending();
                backend.take();
                backend.complete(transfer.cookie());
            }

            assertThat(futures).allSatisfy(each -> assertThat(each).succeedsWithin(Bench.DEADLINE));
        }
    }

    @Test
    @DisplayName("No thread is started for what comes while another is on its way back")
    void shouldAwaitThreadOnItsWayBack() {
        PoorScheduler threadsStarted = PoorScheduler.failing(0);
        CountDownLatch over = new CountDownLatch(2);
        try (Shared shared = new Shared(8, threadsStarted)) {
            DmaChannel channel = shared.engine.requestChannel(Capability.CYCLIC);
            ManualBackend backend = shared.provider.channels.getLast();
            AtomicReference<IssuedTransfer> ring = new AtomicReference<>();
            channel.submit(
                    channel.prepCyclic(
                            PeripheralConfig.read(
                                    Peripheral.of(
                                            Channels.newChannel(
                                                    new ByteArrayInputStream(new byte[8])))),
                            shared.memory,
                            shared.memory.byteSize(),
                            event -> {
                                // Held back, so that the engine is told when this has returned.
                                assertThat(ring.get().mayStartPeriod()).isFalse();
                                over.countDown();
                            }));
            channel.issuePending();
            ring.set(backend.issued(backend.take().getFirst()));
            backend.onStart =
                    () -> shared.complete(1, (cookie, outcome, bytes) -> over.countDown());
            ring.get().periodElapsed();
            Bench.await(over);
            channel.terminateAsync();
            backend.abortAll();
        }

        assertThat(threadsStarted.started).hasValue(1);
    }

    /** Channels of one engine, their callbacks on its own threads. */
    private static final class Shared implements AutoCloseable {
        private final ManualEngine provider = ManualEngine.ofChannels(2);
        private final DmaEngine engine;
        private final DmaArena arena = DmaArena.open();
        private final MemorySegment memory = arena.allocate(16);

        Shared(int threadsMax, Scheduler scheduler) {
            this(threadsMax, scheduler, fault -> {});
        }

        Shared(int threadsMax, Scheduler scheduler, Consumer<Fault> faults) {
            engine =
                    DmaEngines.open(
                            provider,
                            EngineOptions.defaults()
                                    .withCallbackThreads(threadsMax)
                                    .withScheduler(scheduler)
                                    .withFaults(faults));
        }

        /** Copies that have ended, with the same callback each, on a channel of their own. */
        DmaChannel complete(int copies, CookieCallback callback) {
            DmaChannel channel = issue(copies, callback);
            completeLast();
            return channel;
        }

        /** The same, not yet ended. */
        DmaChannel issue(int copies, CookieCallback callback) {
            DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
            for (int i = 0; i < copies; i++) {
                channel.tryMemcpy(memory, 0, memory, 8, 8, callback);
            }
            channel.issuePending();
            return channel;
        }

        /** What the youngest channel has. */
        void completeLast() {
            ManualBackend backend = provider.channels.getLast();
            backend.take();
            backend.completeAll();
        }

        @Override
        public void close() {
            engine.close();
            arena.close();
        }
    }

    @Test
    @DisplayName("C3: a channel with many callbacks lets another one have the thread in between")
    void shouldShareThreadBetweenChannels() {
        CountDownLatch both = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(300);
        AtomicInteger ofFirst = new AtomicInteger();
        AtomicInteger before = new AtomicInteger();
        try (Shared shared = new Shared(1, Scheduler.system())) {
            shared.complete(
                    300,
                    (cookie, outcome, bytes) -> {
                        Bench.await(both);
                        ofFirst.incrementAndGet();
                        over.countDown();
                    });
            shared.complete(1, (cookie, outcome, bytes) -> before.set(ofFirst.get()));
            both.countDown();
            Bench.await(over);
        }

        assertThat(before.get()).isBetween(1, 65);
    }

    @Test
    @DisplayName("C3: where nobody waits for the thread, the callbacks stay on it")
    void shouldKeepThreadWhereNobodyWaits() {
        CountDownLatch all = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(300);
        Set<Thread> on = ConcurrentHashMap.newKeySet();
        try (Shared shared = new Shared(2, Scheduler.system())) {
            shared.complete(
                    300,
                    (cookie, outcome, bytes) -> {
                        Bench.await(all);
                        on.add(Thread.currentThread());
                        over.countDown();
                    });
            all.countDown();
            Bench.await(over);
        }

        assertThat(on).hasSize(1);
    }

    /** Its first threads cannot be started. */
    private record PoorScheduler(AtomicInteger failures, AtomicInteger started)
            implements Scheduler {
        static PoorScheduler failing(int count) {
            return new PoorScheduler(new AtomicInteger(count), new AtomicInteger());
        }

        @Override
        public long nanoTime() {
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
            if (failures.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            started.incrementAndGet();
            return Scheduler.system().start(name, body);
        }
    }

    @Test
    @DisplayName("C5, C8: a thread that waits behind a callback of its own is not on its way back")
    void shouldNotCountOnThreadThatWaits() throws Exception {
        try (Bench bench = new Bench()) {
            DmaChannel direct =
                    bench.request(request -> request.withCallbackExecutor(Runnable::run));
            endAtOnce(bench.provider.channels.getLast());
            DmaChannel pooled = bench.engine.requestChannel(Capability.MEMCPY);
            ManualBackend itsBackend = bench.provider.channels.getLast();
            Transfer first = pooled.submit(pooled.prepMemcpy(bench.target, bench.source));
            pooled.issuePending();
            List<Long> called = new CopyOnWriteArrayList<>();
            CookieCallback note = (cookie, _, _) -> called.add(cookie);
            var drained =
                    first.toFuture()
                            .thenRun(() -> {
                                // A callback on this thread of the engine's, which goes on here.
                                direct.tryMemcpy(bench.target, 0, bench.source, 0, 8, note);
                                direct.issuePending();
                                endAtOnce(itsBackend);
                                pooled.tryMemcpy(bench.target, 0, bench.source, 0, 8, note);
                                pooled.issuePending();
                                pooled.drain();
                            });
            itsBackend.take();
            itsBackend.completeAll();
            drained.get(Bench.DEADLINE.toSeconds(), TimeUnit.SECONDS);

            assertThat(called).containsExactly(1L, 2L);
        }
    }

    private static void endAtOnce(ManualBackend backend) {
        backend.onStart =
                () -> {
                    backend.take();
                    backend.completeAll();
                };
    }
}
