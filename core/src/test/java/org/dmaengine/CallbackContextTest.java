package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** What would have to wait is refused inside a callback, and changes nothing (C10). */
class CallbackContextTest {
    private static final Duration LONG = Duration.ofDays(1);

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** Runs it inside the callback of a transfer that has ended. */
    private void inCallback(Runnable body) {
        AtomicBoolean ran = new AtomicBoolean();
        bench.submit(
                bench.prep()
                        .onComplete(result -> {
                            body.run();
                            ran.set(true);
                        }));
        bench.channel.issuePending();
        long cookie = bench.backend.take().getLast();
        bench.backend.complete(cookie);
        bench.callbacks.run();
        assertThat(bench.faults).isEmpty();
        assertThat(ran).isTrue();
    }

    private Map<String, Runnable> waits(Transfer running) {
        Map<String, Runnable> waits = new LinkedHashMap<>();
        waits.put("synchronize()", bench.channel::synchronize);
        waits.put("synchronize(timeout)", () -> bench.channel.synchronize(LONG));
        waits.put("terminateSync()", bench.channel::terminateSync);
        waits.put("terminateSync(timeout)", () -> bench.channel.terminateSync(LONG));
        waits.put("drain()", bench.channel::drain);
        waits.put("drain(timeout)", () -> bench.channel.drain(LONG));
        waits.put("await()", running::await);
        waits.put("await(timeout)", () -> running.await(LONG));
        waits.put("close()", bench.channel::close);
        waits.put("close(timeout)", () -> bench.channel.close(LONG));
        waits.put("engine.close()", bench.engine::close);
        return waits;
    }

    @Test
    @DisplayName("C10: every wait is refused, names the way out, and changes nothing")
    void shouldRefuseEveryWait() {
        Transfer running = bench.start();
        inCallback(() ->
                waits(running)
                        .forEach((name, wait) ->
                                assertThatThrownBy(wait::run)
                                        .as(name)
                                        .isInstanceOf(CallbackContextException.class)
                                        .hasMessageContaining("terminateAsync")));

        assertThat(running.result()).isEmpty();
        assertThat(bench.backend.aborts).hasValue(0);
        bench.backend.complete(running.cookie());
        bench.callbacks.run();
        assertThat(bench.called).as("not terminated").containsExactly(running.cookie());
        assertThat(bench.complete().result()).as("not closed").isPresent();
    }

    @Test
    @DisplayName("C10: in a callback of another channel too")
    void shouldRefuseWaitsInCallbackOfAnotherChannel() {
        DmaChannel other = bench.request(request -> request);
        other.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        other.issuePending();
        ManualBackend itsBackend = bench.provider.channels.getLast();
        itsBackend.take();
        inCallback(() -> {
            assertThatThrownBy(other::synchronize).isInstanceOf(CallbackContextException.class);
            assertThatThrownBy(other::close).isInstanceOf(CallbackContextException.class);
        });

        assertThat(itsBackend.aborts).hasValue(0);
        assertThat(other.state(1)).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C10: a close that need not wait is allowed in a callback of another channel")
    void shouldAllowCloseOfIdleChannelInCallback() {
        DmaChannel idle = bench.request(request -> request);
        idle.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        inCallback(() -> assertThatCode(idle::close).doesNotThrowAnyException());

        assertThat(idle.state(1)).isEqualTo(TransferState.ABORTED);
        assertThat(bench.engine.channels()).doesNotContain(idle);
    }

    @Test
    @DisplayName("C10: close in a callback does not wait for an engine that has to prove something")
    void shouldRefuseCloseThatNeedsProof() {
        DmaChannel idle = bench.request(request -> request);
        ManualBackend backend = bench.provider.channels.getLast();
        idle.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        idle.issuePending();
        backend.take();
        backend.completeAll();
        backend.onSynchronize = deadlineNanos -> false;
        inCallback(
                () -> assertThatThrownBy(idle::close).isInstanceOf(CallbackContextException.class));
        assertThat(idle.tryMemcpy(bench.target, 0, bench.source, 0, 8)).as("open").isNotZero();
        idle.terminateAsync();

        backend.onSynchronize = deadlineNanos -> true;
        inCallback(() -> assertThatCode(idle::close).doesNotThrowAnyException());
        assertThat(bench.engine.channels()).doesNotContain(idle);
    }

    @Test
    @DisplayName("C10: nor for another closer who is about to release it")
    void shouldRefuseCloseDuringRelease() {
        DmaChannel idle = bench.request(request -> request);
        HeldCall release = new HeldCall();
        bench.provider.onChannelClose = release::hold;
        Thread closer = bench.thread(idle::close);
        release.awaitInside();

        inCallback(
                () -> assertThatThrownBy(idle::close).isInstanceOf(CallbackContextException.class));
        release.release();
        Bench.join(closer);
        bench.provider.onChannelClose = () -> {};
        inCallback(() -> assertThatCode(idle::close).doesNotThrowAnyException());
    }

    @Test
    @DisplayName("C10: after the callback the same thread may wait again")
    void shouldForgetContextAfterCallback() {
        inCallback(
                () -> {
                    throw new CallbackTestFailure();
                },
                Fault.Kind.CALLBACK_THREW);
        bench.channel.synchronize();
        bench.channel.drain();
    }

    private static final class CallbackTestFailure extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void inCallback(Runnable body, Fault.Kind expected) {
        bench.submit(bench.prep().onComplete(result -> body.run()));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        bench.callbacks.run();
        assertThat(bench.faultKinds()).containsExactly(expected);
    }

    @Test
    @DisplayName("C10: an arena that would have to wait is refused in a callback and stays open")
    void shouldRefuseWaitingArenaClose() {
        DmaArena drain = DmaArena.open(new ClosePolicy.Drain());
        DmaArena terminate =
                DmaArena.open(new ClosePolicy.TerminateThenDrain(Duration.ofSeconds(1)));
        bench.submit(bench.channel.prepMemcpy(drain.allocate(8), terminate.allocate(8)));
        bench.channel.issuePending();
        bench.backend.take();
        inCallback(() -> {
            assertThatThrownBy(drain::close).isInstanceOf(CallbackContextException.class);
            assertThatThrownBy(terminate::close).isInstanceOf(CallbackContextException.class);
        });

        assertThat(drain.scope().isAlive()).isTrue();
        assertThat(bench.backend.aborts).hasValue(0);
        bench.backend.completeAll();
        drain.close();
        terminate.close();
        assertThat(drain.scope().isAlive()).isFalse();
    }

    @Test
    @DisplayName("What is attached to a future runs outside callbacks and may wait")
    void shouldAllowWaitInFutureOfTransfer() throws Exception {
        Transfer transfer = bench.start();
        var waited =
                transfer.toFuture()
                        .thenApply(result -> bench.channel.terminateSync().abortError().isEmpty());
        bench.backend.complete(transfer.cookie());

        assertThat(waited.get(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    }
}
