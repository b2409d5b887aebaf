package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** What synchronize waits for, and what it does not (C6, C7, P5). */
class SynchronizeTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C6: it waits for the engine, not for the answer of its abort")
    void shouldWaitForEngine() {
        Transfer running = bench.start();
        AtomicReference<Receipt> receipt = new AtomicReference<>();
        Thread waiter = bench.waiting(() -> receipt.set(bench.channel.terminateSync()));
        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(waiter.isAlive()).isTrue();
        bench.backend.abortOne(running.cookie(), 1);
        Bench.join(waiter);

        assertThat(receipt.get().entries()).hasSize(1);
    }

    @Test
    @DisplayName("C6: newer work starts only when the old is off the engine")
    void shouldHoldNewWorkUntilOldIsOffEngine() {
        Transfer first = bench.start();
        Transfer second = bench.start();
        bench.channel.terminateAsync();
        Transfer newer = bench.issue();
        assertThat(bench.backend.take()).isEmpty();
        bench.backend.abortOne(first.cookie(), 0);
        assertThat(bench.backend.take()).isEmpty();
        int starts = bench.backend.starts.get();
        bench.backend.abortOne(second.cookie(), 0);

        assertThat(bench.backend.starts.get()).as("the doorbell").isGreaterThan(starts);
        assertThat(bench.backend.take()).containsExactly(newer.cookie());
    }

    @Test
    @DisplayName("C6: it does not wait for newer work, which may run during and after it")
    void shouldNotWaitForNewerWork() {
        Transfer old = bench.start();
        bench.channel.terminateAsync();
        Thread waiter = bench.waiting(bench.channel::synchronize);
        Transfer newer = bench.issue();
        bench.backend.abortOne(old.cookie(), 0);
        assertThat(bench.backend.take()).containsExactly(newer.cookie());
        Bench.join(waiter);

        assertThat(newer.result()).isEmpty();
        bench.backend.complete(newer.cookie());
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(newer.cookie());
    }

    @Test
    @DisplayName("C6: nor for a callback of newer work")
    void shouldNotWaitForNewerCallback() {
        Transfer old = bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortOne(old.cookie(), 0);
        bench.complete();

        assertThat(bench.channel.synchronize().entries()).hasSize(1);
        assertThat(bench.callbacks.waiting()).isEqualTo(1);
    }

    @Test
    @Timeout(20)
    @DisplayName("C6: nor where there was nothing to terminate")
    void shouldNotFlushBehindTerminationOfNothing() {
        bench.channel.terminateAsync();
        bench.complete();

        assertThat(bench.channel.synchronize().entries()).isEmpty();
        assertThat(bench.callbacks.waiting()).isEqualTo(1);
    }

    @Test
    @DisplayName("C9: the evidence of all closed generations is in one receipt")
    void shouldCollectEvidenceOfAllGenerations() {
        Transfer first = bench.submit();
        bench.channel.terminateAsync();
        Transfer second = bench.submit();
        bench.channel.terminateAsync();

        assertThat(bench.channel.synchronize().entries())
                .extracting(Receipt.Entry::cookie)
                .containsExactly(first.cookie(), second.cookie());
    }

    @Test
    @DisplayName("P5: a generation of which nothing is left to tell spares no proof")
    void shouldAskEngineForGenerationWithoutEvidence() {
        bench.submit();
        bench.channel.terminateAsync();
        bench.complete();
        bench.callbacks.run();
        bench.channel.terminateSync();

        assertThat(bench.backend.synchronizes).hasValue(1);
    }

    @Test
    @DisplayName("C6: an abort that is still being told never hits newer work")
    void shouldNotLetLateAbortHitNewerWork() {
        Transfer old = bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onAbort = held::hold;
        Thread terminator = bench.thread(bench.channel::terminateAsync);
        held.awaitInside();
        bench.backend.complete(old.cookie());
        Transfer newer = bench.issue();
        assertThat(bench.backend.take()).as("while the abort is told").isEmpty();
        bench.channel.terminateAsync();
        assertThat(newer.await().outcome()).isEqualTo(Outcome.ABORTED);
        Transfer newest = bench.issue();
        assertThat(bench.backend.take()).isEmpty();
        int starts = bench.backend.starts.get();
        held.release();
        Bench.join(terminator);

        assertThat(bench.backend.starts.get()).as("the doorbell").isGreaterThan(starts);
        assertThat(bench.backend.take()).containsExactly(newest.cookie());
    }

    @Test
    @DisplayName("C4: a termination never waits for a thread that is telling the engine")
    void shouldTerminateWhileAnotherThreadTellsEngine() {
        bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onAbort = held::hold;
        Thread terminator = bench.thread(bench.channel::terminateAsync);
        held.awaitInside();
        bench.channel.terminateAsync();
        bench.channel.terminateAsync();
        held.release();
        Bench.join(terminator);

        assertThat(bench.backend.aborts).as("the wish left behind is told").hasValue(2);
    }

    @Test
    @DisplayName("C7: an abort that throws: it still synchronizes, the receipt carries the error")
    void shouldSynchronizeThoughAbortThrew() {
        Transfer running = bench.start();
        bench.backend.onAbort =
                () -> {
                    throw new IllegalStateException("abort refused");
                };
        AtomicReference<Receipt> receipt = new AtomicReference<>();
        Thread waiter = bench.waiting(() -> receipt.set(bench.channel.terminateSync()));
        assertThat(waiter.isAlive()).isTrue();
        bench.backend.complete(running.cookie());
        Bench.join(waiter);

        assertThat(receipt.get().abortError())
                .hasValueSatisfying(thrown -> assertThat(thrown).hasMessage("abort refused"));
        assertThat(receipt.get().entry(running.cookie())).isPresent();
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_THREW);
        assertThat(bench.complete().result()).as("the channel lives").isPresent();
        assertThat(bench.channel.terminateSync().abortError()).isEmpty();
    }

    @Test
    @DisplayName("C6: with nothing terminated it flushes: callbacks return, transfers go on")
    void shouldFlushCallbacks() {
        bench.complete();
        Transfer running = bench.start();
        Thread waiter = bench.waiting(bench.channel::synchronize);
        assertThat(waiter.isAlive()).isTrue();
        bench.callbacks.run();
        Bench.join(waiter);

        assertThat(bench.called).containsExactly(1L);
        assertThat(running.result()).isEmpty();
        assertThat(bench.backend.aborts).hasValue(0);
    }

    @Test
    @DisplayName("C6: a flush does not wait for callbacks of transfers that complete later")
    void shouldFlushOnlyWhatWasCompleted() {
        bench.complete();
        Thread waiter = bench.waiting(bench.channel::synchronize);
        Bench.BlockedCallback callback = bench.blockedCallback();
        Bench.join(waiter);
        callback.release();
    }

    @Test
    @DisplayName("C6, R20: a flush leaves a paused channel paused")
    void shouldStayPausedOverFlush() {
        bench.start();
        bench.channel.pause();
        bench.channel.synchronize();

        assertThat(bench.channel.state(1)).isEqualTo(TransferState.PAUSED);
        bench.channel.resume();
    }

    @Test
    @DisplayName("C6: a flush that a termination overtakes ends, for the callbacks will not run")
    void shouldEndFlushAtTermination() {
        bench.complete();
        Thread waiter = bench.waiting(bench.channel::synchronize);
        bench.channel.terminateAsync();

        Bench.join(waiter);
    }

    @Test
    @DisplayName("R34: two threads terminate and wait at once; both return only when it is quiet")
    void shouldLetBothTerminatorsWait() {
        Transfer running = bench.start();
        Thread first = bench.waiting(bench.channel::terminateSync);
        Thread second = bench.waiting(bench.channel::terminateSync);
        assertThat(first.isAlive() && second.isAlive()).isTrue();
        bench.backend.abortOne(running.cookie(), 0);

        Bench.join(first);
        Bench.join(second);
    }

    @Test
    @DisplayName("P5, C12: an engine that gives up without a deadline is lost")
    void shouldLoseEngineThatGivesUp() {
        bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortAll();
        bench.backend.onSynchronize = deadlineNanos -> false;

        assertThatThrownBy(bench.channel::synchronize).isInstanceOf(EngineLostException.class);
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_LOST);
        assertThatThrownBy(bench.channel::synchronize)
                .as("what was not proved once is not proved by asking again")
                .isInstanceOf(EngineLostException.class);
        assertThatThrownBy(bench.channel::close).isInstanceOf(EngineLostException.class);

        bench.backend.onSynchronize = deadlineNanos -> true;
        assertThat(bench.channel.synchronize().entries())
                .as("C12: the proof may come late")
                .hasSize(1);
    }

    @Test
    @DisplayName("P5: an engine whose synchronize throws is lost, with the cause")
    void shouldLoseEngineWhoseSynchronizeThrows() {
        bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortAll();
        bench.backend.onSynchronize =
                deadlineNanos -> {
                    throw new IllegalStateException("no answer");
                };

        assertThatThrownBy(bench.channel::synchronize)
                .isInstanceOf(EngineLostException.class)
                .hasRootCauseMessage("no answer");
        bench.backend.onSynchronize = deadlineNanos -> true;
    }

    @Test
    @DisplayName("P5: evidence that was let go does not spare the engine its proof")
    void shouldAskEngineEvenIfEvidenceWasDropped() {
        try (Bench deep = new Bench(request -> request.withDepth(1 << 15))) {
            deep.start();
            deep.channel.terminateAsync();
            deep.backend.abortAll();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 1 << 15; i++) {
                    deep.channel.tryMemcpy(deep.target, 0, deep.source, 0, 8);
                }
                deep.channel.terminateAsync();
            }
            Receipt receipt = deep.channel.synchronize();

            assertThat(receipt.omitted() + receipt.entries().size()).isEqualTo(3L * (1 << 15) + 1);
            assertThat(receipt.entries().size()).isLessThanOrEqualTo(1 << 16);
            assertThat(deep.backend.synchronizes).hasValue(1);
        }
    }

    @Test
    @DisplayName("C6, P10: whatever evidence is let go, what is not quiet is waited for")
    void shouldWaitForWhatIsOlderThanEvidence() {
        try (Bench deep = new Bench(request -> request.withDepth(1 << 17))) {
            Transfer running = deep.start();
            deep.channel.terminateAsync();
            terminateMoreThanIsKept(deep);

            assertThat(deep.channel.synchronize(Duration.ZERO))
                    .isInstanceOfSatisfying(
                            StillOwned.class,
                            owned ->
                                    assertThat(owned.transfers())
                                            .extracting(OwnedTransfer::cookie)
                                            .containsExactly(running.cookie()));
            deep.backend.abortAll();
            assertThat(deep.channel.synchronize(Duration.ZERO)).isInstanceOf(Quiesced.class);
        }
    }

    @Test
    @DisplayName("C6, P10: the same for a callback that has not returned")
    void shouldWaitForCallbackOlderThanEvidence() {
        try (Bench deep = new Bench(request -> request.withDepth(1 << 17))) {
            Bench.BlockedCallback callback = deep.blockedCallback();
            deep.channel.terminateAsync();
            terminateMoreThanIsKept(deep);

            assertThat(deep.channel.synchronize(Duration.ZERO))
                    .isInstanceOfSatisfying(
                            StillOwned.class,
                            owned ->
                                    assertThat(owned.callback())
                                            .get()
                                            .extracting(RunningCallback::cookie)
                                            .isEqualTo(callback.transfer().cookie()));
            callback.release();
            assertThat(deep.channel.synchronize(Duration.ZERO)).isInstanceOf(Quiesced.class);
        }
    }

    private static void terminateMoreThanIsKept(Bench deep) {
        for (int i = 0; i <= ClosedGenerations.EVIDENCE_MAX; i++) {
            assertThat(deep.channel.tryMemcpy(deep.target, 0, deep.source, 0, 8)).isPositive();
        }
        deep.channel.terminateAsync();
    }

    @Test
    @Timeout(10)
    @DisplayName("R6: many terminations without a synchronize cost no more each")
    void shouldTerminateManyTimes() {
        for (int i = 0; i < 100_000; i++) {
            bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8);
            bench.channel.terminateAsync();
        }
        Receipt receipt = bench.channel.synchronize();

        assertThat(receipt.omitted() + receipt.entries().size()).isEqualTo(100_000);
    }
}
