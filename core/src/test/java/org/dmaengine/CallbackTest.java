package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Completion callbacks: once, in order, one at a time, and free to act (C3). */
class CallbackTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C3: one callback for each transfer, in order, with its result")
    void shouldCallOnceInOrder() {
        List<TransferResult> results = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            bench.submit(bench.prep().onComplete(results::add));
        }
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        assertThat(results).isEmpty();
        bench.callbacks.run();

        assertThat(results).extracting(TransferResult::cookie).containsExactly(1L, 2L, 3L);
        assertThat(results).allMatch(TransferResult::isWhole);
        assertThat(bench.callbacks.run()).isFalse();
    }

    @Test
    @DisplayName("C3: a failed transfer is called back too")
    void shouldCallBackAfterFailure() {
        AtomicReference<TransferResult> seen = new AtomicReference<>();
        bench.submit(bench.prep().onComplete(seen::set));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.fail(1, Outcome.READ_FAILED, 5, TransferError.of(5, "broken"));
        bench.callbacks.run();

        assertThat(seen.get().outcome()).isEqualTo(Outcome.READ_FAILED);
        assertThat(seen.get().error()).isPresent();
    }

    @Test
    @DisplayName("C3: the hot path's callback gets cookie, outcome and bytes")
    void shouldCallCookieCallback() {
        List<String> seen = new ArrayList<>();
        long given =
                bench.channel.tryMemcpy(
                        bench.target,
                        8,
                        bench.source,
                        16,
                        32,
                        (cookie, outcome, bytes) -> seen.add(cookie + " " + outcome + " " + bytes));
        assertThat(given).isEqualTo(1);
        bench.channel.issuePending();
        bench.backend.take();
        Operation.Memcpy copy = (Operation.Memcpy) bench.backend.issued(1).operation();
        assertThat(copy.targetOffset()).isEqualTo(8);
        assertThat(copy.sourceOffset()).isEqualTo(16);
        bench.backend.complete(1);
        bench.callbacks.run();

        assertThat(seen).containsExactly("1 COMPLETE 32");
    }

    static final class Sneaky extends Exception {
        private static final long serialVersionUID = 1;
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @SuppressWarnings("InfiniteRecursion") // The stack is meant to overflow (E17).
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    @DisplayName("C3, E17: what a callback throws is reported and disturbs nothing else")
    void shouldSurviveWhatCallbackThrows(int kind) {
        bench.submit(
                bench.prep()
                        .onComplete(result -> {
                            switch (kind) {
                                case 0 -> throw new IllegalStateException("on purpose");
                                case 1 -> throw new LinkageError("on purpose");
                                case 2 -> recurse(0);
                                case 5 -> throw new Wordless();
                                case 3 -> CallbackTest.<RuntimeException>throwAny(new Sneaky());
                                default -> throw new OutOfMemoryError("on purpose");
                            }
                        }));
        Transfer next = bench.issue();
        bench.backend.take();
        bench.backend.completeAll();
        bench.callbacks.run();

        assertThat(bench.called).containsExactly(next.cookie());
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.CALLBACK_THREW);
        bench.channel.drain();
        assertThat(bench.channel.synchronize().entries()).isEmpty();
    }

    @Test
    @DisplayName("C3, R23: a callback may prep, submit, issue, query and terminate on its channel")
    void shouldAllowWorkInCallback() {
        List<TransferState> states = new ArrayList<>();
        bench.submit(
                bench.prep()
                        .onComplete(result -> {
                            states.add(bench.channel.state(result.cookie()));
                            Transfer more = bench.issue();
                            states.add(bench.channel.status(more.cookie()).state());
                            bench.channel.pause();
                            states.add(bench.channel.state(more.cookie()));
                            bench.channel.resume();
                            bench.channel.terminateAsync();
                            states.add(bench.channel.state(more.cookie()));
                            bench.channel.acknowledge(more.cookie());
                            bench.issue();
                        }));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.complete(1);
        bench.callbacks.run();

        assertThat(states)
                .containsExactly(
                        TransferState.COMPLETE,
                        TransferState.IN_PROGRESS,
                        TransferState.PAUSED,
                        TransferState.ABORTED);
        assertThat(bench.backend.take()).containsExactly(3L);
        assertThat(bench.called).as("the aborted one is not called").isEmpty();
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("R12: a reusable descriptor may be submitted again in its own callback")
    void shouldResubmitInOwnCallback() {
        AtomicInteger runs = new AtomicInteger();
        AtomicReference<Descriptor> own = new AtomicReference<>();
        Descriptor descriptor =
                bench.prep(Flag.INTERRUPT, Flag.ACK, Flag.REUSE)
                        .onComplete(result -> {
                            assertThat(result.cookie()).isEqualTo(runs.incrementAndGet());
                            bench.submit(own.get());
                            bench.channel.issuePending();
                        });
        own.set(descriptor);
        bench.submit(descriptor);
        bench.channel.issuePending();
        for (long cookie = 1; cookie <= 50; cookie++) {
            assertThat(bench.backend.take()).containsExactly(cookie);
            bench.backend.complete(cookie);
            bench.callbacks.run();
        }

        assertThat(runs).hasValue(50);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C3: the memory of an ended transfer may be freed in its callback")
    void shouldFreeMemoryInCallback() {
        DmaArena own = DmaArena.open();
        bench.submit(
                bench.channel
                        .prepMemcpy(own.allocate(8), own.allocate(8))
                        .onComplete(result -> own.close()));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.complete(1);
        bench.callbacks.run();

        assertThat(own.scope().isAlive()).isFalse();
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C3, E17: a callback that does not return holds up no other channel")
    void shouldNotHoldUpOtherChannels() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        DmaChannel blocked = bench.engine.requestChannel(Capability.MEMCPY);
        blocked.tryMemcpy(
                bench.target,
                0,
                bench.source,
                0,
                8,
                (cookie, outcome, bytes) -> {
                    inside.countDown();
                    Bench.await(leave);
                });
        blocked.issuePending();
        ManualBackend itsBackend = bench.provider.channels.getLast();
        itsBackend.take();
        itsBackend.completeAll();
        Bench.await(inside);

        DmaChannel other = bench.engine.requestChannel(Capability.MEMCPY);
        CountDownLatch called = new CountDownLatch(1);
        other.tryMemcpy(
                bench.target,
                0,
                bench.source,
                0,
                8,
                (cookie, outcome, bytes) -> called.countDown());
        other.issuePending();
        bench.provider.channels.getLast().take();
        bench.provider.channels.getLast().completeAll();
        Bench.await(called);
        leave.countDown();
        blocked.drain();
    }
}
