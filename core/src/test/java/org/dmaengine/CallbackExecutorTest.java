package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Callbacks on executors of the client: such as refuse, run at once, or misbehave (C3, C5). */
class CallbackExecutorTest {
    private static Bench on(Executor executor) {
        return new Bench(request -> request.withCallbackExecutor(executor));
    }

    @Test
    @DisplayName("C5: where the executor refuses, the engine's threads take over")
    void shouldRunCallbacksWhereExecutorRefuses() {
        try (Bench bench =
                on(task -> {
                    throw new RejectedExecutionException("shut down");
                })) {
            bench.complete();
            bench.channel.drain();

            assertThat(bench.called).containsExactly(1L);
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.EXECUTOR_REFUSED);
        }
    }

    @Test
    @DisplayName("C5: and where what it throws cannot even be told")
    void shouldRunCallbacksWhereRefusalHasNoWords() {
        try (Bench bench =
                on(task -> {
                    throw new Wordless();
                })) {
            bench.complete();
            bench.channel.drain();

            assertThat(bench.called).containsExactly(1L);
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.EXECUTOR_REFUSED);
        }
    }

    @Test
    @DisplayName("C5: and where it throws what it may not")
    void shouldRunCallbacksWhereExecutorThrowsUndeclared() {
        try (Bench bench =
                on(task -> CallbackTest.<RuntimeException>throwAny(new CallbackTest.Sneaky()))) {
            bench.complete();
            bench.channel.drain();

            assertThat(bench.called).containsExactly(1L);
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.EXECUTOR_REFUSED);
        }
    }

    @Test
    @DisplayName(
            "C3: an executor that takes the runner and throws still has one callback at a time")
    void shouldRunOneCallbackAtATimeWhenExecutorThrowsAfterTaking() {
        AtomicReference<Runnable> taken = new AtomicReference<>();
        try (Bench bench =
                on(task -> {
                    taken.set(task);
                    throw new IllegalStateException("taken, and thrown");
                })) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            AtomicInteger over = new AtomicInteger();
            CountDownLatch first = new CountDownLatch(1);
            CountDownLatch leave = new CountDownLatch(1);
            CookieCallback callback =
                    (cookie, outcome, bytes) -> {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        if (cookie == 1) {
                            first.countDown();
                            Bench.await(leave);
                        }
                        inside.decrementAndGet();
                        over.incrementAndGet();
                    };
            for (int i = 0; i < 3; i++) {
                bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8, callback);
            }
            bench.channel.issuePending();
            bench.backend.take();
            bench.backend.completeAll();
            Bench.await(first);
            taken.get().run();
            leave.countDown();
            await().atMost(Bench.DEADLINE).until(() -> over.get() == 3);

            assertThat(most).hasValue(1);
        }
    }

    @Test
    @DisplayName("A direct executor runs the callback on the thread that ends the transfer")
    void shouldRunOnEndingThread() {
        try (Bench bench = on(Runnable::run)) {
            AtomicReference<Thread> where = new AtomicReference<>();
            bench.submit(bench.prep().onComplete(result -> where.set(Thread.currentThread())));
            bench.channel.issuePending();
            bench.backend.take();
            bench.backend.complete(1);

            assertThat(where.get()).isSameAs(Thread.currentThread());
            bench.channel.synchronize();
        }
    }

    @Test
    @DisplayName("C3: a direct executor does not nest callbacks in each other")
    void shouldNotNestOnDirectExecutor() {
        try (Bench bench = on(Runnable::run)) {
            AtomicInteger depth = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            bench.backend.onStart = () -> bench.backend.take().forEach(bench.backend::complete);
            CookieCallback callback =
                    new CookieCallback() {
                        @Override
                        public void onComplete(long cookie, Outcome outcome, long bytes) {
                            assertThat(depth.getAndIncrement()).isZero();
                            if (calls.incrementAndGet() < 200) {
                                bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8, this);
                                bench.channel.issuePending();
                            }
                            depth.decrementAndGet();
                        }
                    };
            bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8, callback);
            bench.channel.issuePending();

            assertThat(calls).hasValue(200);
            bench.expectNoFaults();
        }
    }

    @Test
    @DisplayName("A direct executor's stack does not grow with the number of callbacks")
    void shouldNotRecurseOnDirectExecutor() throws InterruptedException {
        try (Bench bench = on(Runnable::run)) {
            AtomicInteger calls = new AtomicInteger();
            AtomicInteger deepest = new AtomicInteger();
            bench.backend.onStart = () -> bench.backend.take().forEach(bench.backend::complete);
            CookieCallback callback =
                    new CookieCallback() {
                        @Override
                        public void onComplete(long cookie, Outcome outcome, long bytes) {
                            if (cookie % 500 == 0) {
                                int depth = new Throwable().getStackTrace().length;
                                deepest.accumulateAndGet(depth, Math::max);
                            }
                            if (calls.incrementAndGet() < 10_000) {
                                bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8, this);
                                bench.channel.issuePending();
                            }
                        }
                    };
            bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8, callback);
            int here = new Throwable().getStackTrace().length;
            bench.channel.issuePending();

            assertThat(calls).hasValue(10_000);
            assertThat(deepest.get() - here).isLessThan(60);
        }
    }

    @Test
    @DisplayName("C3: a runner gives up its thread after a while, and nothing is lost or reordered")
    void shouldYieldAndGoOn() {
        try (Bench bench = new Bench()) {
            for (int i = 0; i < 300; i++) {
                bench.submit();
            }
            bench.channel.issuePending();
            bench.backend.take();
            bench.backend.completeAll();
            assertThat(bench.callbacks.waiting()).as("one runner").isEqualTo(1);
            bench.callbacks.run();

            assertThat(bench.called).hasSize(300).isSorted();
            bench.channel.drain();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 130, 200})
    @DisplayName("C3: a client's executor gets its thread back after some 64 callbacks")
    void shouldYieldToClientsExecutor(int callbacks) {
        List<Runnable> tasks = new ArrayList<>();
        try (Bench bench = on(tasks::add)) {
            for (int i = 0; i < callbacks; i++) {
                bench.submit();
            }
            bench.channel.issuePending();
            bench.backend.take();
            bench.backend.completeAll();
            for (int sum = 0; sum < callbacks; ) {
                assertThat(tasks).as("one runner").hasSize(1);
                tasks.removeFirst().run();
                int ran = bench.called.size() - sum;
                sum += ran;
                assertThat(ran).isBetween(Math.min(64, callbacks - sum + ran), 65);
            }
            assertThat(tasks).as("no runner without work").isEmpty();
            assertThat(bench.called).isSorted();
        }
    }

    @Test
    @DisplayName(
            "C3: a runner that is run at once goes on, though another gave up its thread there")
    void shouldGoOnThoughAnotherYieldsInside() {
        List<Runnable> tasks = new ArrayList<>();
        AtomicReference<Runnable> inside = new AtomicReference<>();
        Executor helping =
                task -> {
                    Runnable other = inside.getAndSet(null);
                    if (other == null) {
                        tasks.add(task);
                    } else {
                        task.run();
                        other.run();
                    }
                };
        try (Bench one = on(helping);
                Bench another = on(helping)) {
            for (Bench each : List.of(one, another)) {
                for (int i = 0; i < 100; i++) {
                    each.submit();
                }
                each.channel.issuePending();
                each.backend.take();
                each.backend.completeAll();
            }
            inside.set(tasks.removeLast());
            tasks.removeFirst().run();

            assertThat(one.called).hasSize(100).isSorted();
            assertThat(another.called).hasSize(65);
            tasks.removeFirst().run();
            assertThat(another.called).hasSize(100).isSorted();
        }
    }

    @Test
    @DisplayName("C3: an interrupt that a callback leaves hits no other, also of its own channel")
    void shouldDropInterruptBetweenCallbacks() {
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        try (Bench bench = new Bench()) {
            DmaChannel channel = bench.engine.requestChannel(ChannelRequest.of(Capability.MEMCPY));
            for (int i = 0; i < 2; i++) {
                channel.submit(
                        channel.prepMemcpy(bench.target, bench.source)
                                .onComplete(result -> {
                                    interrupted.add(Thread.currentThread().isInterrupted());
                                    Thread.currentThread().interrupt();
                                }));
            }
            channel.issuePending();
            ManualBackend backend = bench.provider.channels.getLast();
            backend.take();
            backend.completeAll();
            channel.drain();

            assertThat(interrupted).containsExactly(false, false);
        }
    }

    @Test
    @DisplayName("C9: an executor that never runs its tasks costs nobody an outcome")
    void shouldTerminateWithExecutorThatDropsTasks() {
        try (Bench bench = on(task -> {})) {
            Transfer transfer = bench.complete();
            Receipt receipt = bench.channel.terminateSync();

            assertThat(receipt.entry(transfer.cookie()))
                    .hasValueSatisfying(entry -> {
                        assertThat(entry.callbackRan()).isFalse();
                        assertThat(entry.outcome()).isEqualTo(Outcome.COMPLETE);
                    });
        }
    }
}
