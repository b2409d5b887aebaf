package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** Drain waits for what was issued, and ends nothing (C8). */
class DrainTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C8: until outcome and callback, and not for what was not issued")
    void shouldWaitForIssued() {
        Transfer running = bench.start();
        Transfer unissued = bench.submit();
        Thread waiter = bench.waiting(bench.channel::drain);
        bench.backend.complete(running.cookie());
        assertThat(waiter.isAlive()).isTrue();
        bench.callbacks.run();
        Bench.join(waiter);

        assertThat(bench.called).containsExactly(running.cookie());
        assertThat(unissued.result()).isEmpty();
        assertThat(bench.backend.aborts).hasValue(0);
    }

    @Test
    @DisplayName("C8: not for what is issued after the call")
    void shouldNotWaitForLaterWork() {
        Transfer first = bench.start();
        Thread waiter = bench.waiting(bench.channel::drain);
        Transfer second = bench.start();
        bench.backend.complete(first.cookie());
        bench.callbacks.run();
        Bench.join(waiter);

        assertThat(second.result()).isEmpty();
    }

    @Test
    @DisplayName("C8: nor for the callback of later work, behind its own on the same runner")
    void shouldNotWaitForLaterCallback() {
        bench.complete();
        Thread waiter = bench.waiting(bench.channel::drain);
        CountDownLatch leave = new CountDownLatch(1);
        bench.submit(bench.prep().onComplete(result -> Bench.await(leave)));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        Thread runner = bench.thread(bench.callbacks::run);

        Bench.join(waiter);
        assertThat(runner.isAlive()).isTrue();
        leave.countDown();
        Bench.join(runner);
    }

    @Test
    @DisplayName("C8: out of order ends: all of them")
    void shouldWaitForAllOutOfOrder() {
        bench.start();
        bench.start();
        Thread waiter = bench.waiting(bench.channel::drain);
        bench.backend.complete(2);
        bench.callbacks.run();
        assertThat(waiter.isAlive()).isTrue();
        bench.backend.complete(1);
        bench.callbacks.run();

        Bench.join(waiter);
    }

    @Test
    @DisplayName("C8: on an idle channel it returns at once")
    void shouldNotWaitOnIdleChannel() {
        bench.channel.drain();
        bench.submit();
        bench.channel.drain();
    }

    @Test
    @DisplayName("C8: a transfer that is not acknowledged does not hold it up")
    void shouldNotWaitForAcknowledge() {
        bench.submit(bench.prep(Flag.INTERRUPT));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();

        bench.channel.drain();
    }

    @Test
    @DisplayName("C8: on a paused channel it waits for resume; a termination ends it too")
    void shouldEndAtTermination() {
        bench.start();
        bench.channel.pause();
        bench.issue();
        Thread waiter = bench.waiting(bench.channel::drain);
        bench.channel.terminateAsync();
        bench.backend.abortAll();

        Bench.join(waiter);
    }

    @Test
    @DisplayName("C12: on a dead channel it throws with what is still owned")
    void shouldThrowOnLostEngine() {
        Transfer running = bench.start();
        Thread loser = bench.thread(() -> bench.backend.queue().lost("device gone", null));
        Bench.join(loser);

        assertThatThrownBy(bench.channel::drain)
                .isInstanceOfSatisfying(
                        EngineLostException.class,
                        lost ->
                                assertThat(lost.evidence().transfers())
                                        .extracting(OwnedTransfer::cookie)
                                        .containsExactly(running.cookie()));
    }

    @Test
    @DisplayName("C11: the timed form names what is not over")
    void shouldNameWhatIsNotOver() {
        Transfer running = bench.start();
        bench.submit();

        assertThat(bench.channel.drain(Duration.ZERO))
                .isInstanceOfSatisfying(
                        StillOwned.class,
                        owned ->
                                assertThat(owned.transfers())
                                        .extracting(OwnedTransfer::cookie)
                                        .contains(running.cookie()));
        bench.backend.complete(running.cookie());
        bench.callbacks.run();
        assertThat(bench.channel.drain(Duration.ZERO).isQuiesced()).isTrue();
    }
}
