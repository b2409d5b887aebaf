package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** An engine that can no longer prove the last touch, lost in each state (C12). */
class LostEngineTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void lose() {
        bench.backend.queue().lost("device gone", new IllegalStateException("link down"));
    }

    private static void expectLost(ThrowingCallable call, Long... stillOwned) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineLostException.class,
                        lost -> {
                            assertThat(lost).hasMessageContaining("device gone");
                            assertThat(lost).hasRootCauseMessage("link down");
                            assertThat(lost.evidence().transfers())
                                    .extracting(OwnedTransfer::cookie)
                                    .containsExactly(stillOwned);
                        });
    }

    @Test
    @DisplayName("C12: an engine may be lost on a channel before that is there")
    void shouldBeLostFromTheBeginning() {
        bench.provider.onOpenChannel =
                queue -> queue.lost("device gone", new IllegalStateException("link down"));
        DmaChannel channel = bench.request(request -> request);

        expectLost(() -> channel.prepInterrupt());
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_LOST);
    }

    @Test
    @DisplayName("C12: what the engine has goes into quarantine, what it has not is ABORTED")
    void shouldQuarantineWhatEngineHas() {
        Transfer running = bench.start();
        Transfer queued = bench.issue();
        Transfer submitted = bench.submit();
        lose();

        assertThat(queued.await().outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(submitted.await().outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(running.result()).as("no outcome without proof").isEmpty();
        assertThat(bench.engine.quarantine())
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.transfer().cookie()).isEqualTo(running.cookie());
                    assertThat(entry.reason()).contains("device gone");
                });
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_LOST);
        assertThat(bench.channel.state(running.cookie())).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C12: the dead channel refuses work; its untimed waits throw with the evidence")
    void shouldThrowFromDeadChannel() {
        Transfer running = bench.start();
        Descriptor prepared = bench.prep();
        lose();
        long it = running.cookie();

        expectLost(bench::prep, it);
        expectLost(() -> bench.channel.submit(prepared), it);
        expectLost(() -> bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8), it);
        expectLost(bench.channel::pause, it);
        expectLost(bench.channel::resume, it);
        expectLost(running::await, it);
        expectLost(bench.channel::drain, it);
        // Of no closed generation: but it is in quarantine, and nothing is quiet.
        expectLost(bench.channel::synchronize, it);
        expectLost(bench.channel::terminateSync, it);
        expectLost(bench.channel::synchronize, it);
        expectLost(bench.channel::close, it);
        expectLost(bench.channel::close, it);
        bench.channel.terminateAsync();
        bench.channel.issuePending();
        assertThat(bench.backend.aborts).as("nobody asks a lost engine").hasValue(0);
    }

    @Test
    @DisplayName("C11: the timed forms answer still owned on a dead channel")
    void shouldAnswerStillOwned() {
        Transfer running = bench.start();
        lose();

        for (Quiescence answer :
                new Quiescence[] {
                    bench.channel.synchronize(Duration.ofDays(1)),
                    bench.channel.terminateSync(Duration.ofDays(1)),
                    bench.channel.drain(Duration.ofDays(1)),
                    bench.channel.close(Duration.ofDays(1)),
                    running.await(Duration.ofDays(1))
                }) {
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            StillOwned.class,
                            owned -> {
                                assertThat(owned.reason()).contains("device gone");
                                assertThat(owned.transfers()).hasSize(1);
                            });
        }
    }

    @Test
    @DisplayName("C12: those who wait already are woken and told")
    void shouldWakeThoseWhoWait() {
        Transfer running = bench.start();
        Thread synchronizer =
                bench.waiting(() -> expectLost(bench.channel::terminateSync, running.cookie()));
        Thread drainer = bench.waiting(() -> expectLost(bench.channel::drain, running.cookie()));
        Thread awaiter = bench.waiting(() -> expectLost(running::await, running.cookie()));
        lose();

        Bench.join(synchronizer);
        Bench.join(drainer);
        Bench.join(awaiter);
    }

    @Test
    @DisplayName("C12: a future ends with the loss")
    void shouldFailFuture() {
        Transfer running = bench.start();
        CompletableFuture<TransferResult> future = running.toFuture();
        lose();

        assertThatThrownBy(() -> future.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EngineLostException.class);
        assertThat(running.toFuture()).isCompletedExceptionally();
    }

    @Test
    @DisplayName("C12: a late proof takes the memory out of quarantine and gives the outcome")
    void shouldLeaveQuarantineOnLateProof() {
        Transfer running = bench.start();
        lose();
        expectLost(bench.channel::terminateSync, running.cookie());
        assertThatThrownBy(bench.arena::close).isInstanceOf(BuffersInFlightException.class);
        bench.backend.abortOne(running.cookie(), 7);

        assertThat(bench.engine.quarantine()).isEmpty();
        assertThat(running.await().bytes()).isEqualTo(7);
        assertThat(bench.faultKinds())
                .containsExactly(Fault.Kind.ENGINE_LOST, Fault.Kind.QUARANTINE_LEFT);
        assertThat(Bench.outcomes(bench.channel.terminateSync()))
                .containsEntry(running.cookie(), Outcome.ABORTED);
        bench.channel.close();
        bench.arena.close();
    }

    @Test
    @DisplayName("C12: a wait on a lost engine still waits for a callback that runs")
    void shouldWaitForCallbackOnLostEngine() {
        Bench.BlockedCallback callback = bench.blockedCallback();
        Transfer running = bench.start();
        bench.channel.terminateAsync();
        lose();
        Thread waiter =
                bench.waiting(() -> expectLost(bench.channel::synchronize, running.cookie()));
        assertThat(waiter.isAlive()).isTrue();
        callback.release();

        Bench.join(waiter);
    }

    @Test
    @DisplayName("C12: a lost engine is not asked for what was wished before either")
    void shouldForgetWishesAtLoss() {
        Transfer running = bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onPause =
                () -> {
                    held.hold();
                    return true;
                };
        Thread pauser = bench.thread(() -> expectLost(bench.channel::pause, running.cookie()));
        held.awaitInside();
        bench.channel.terminateAsync();
        lose();
        held.release();
        Bench.join(pauser);

        assertThat(bench.backend.aborts).hasValue(0);
    }

    @Test
    @DisplayName("C8, C12: what a loss aborted is over, and is not waited for")
    void shouldDrainWhatLossAborted() {
        bench.submit(bench.prep());
        bench.channel.issuePending();
        lose();

        assertThat(bench.channel.drain(Duration.ZERO).isQuiesced()).isTrue();
    }

    @Test
    @DisplayName("C12: each late proof is told once")
    void shouldTellEachLateProofOnce() {
        bench.start();
        bench.start();
        lose();
        bench.backend.complete(1);
        bench.backend.complete(2);

        assertThat(bench.faultKinds())
                .containsExactly(
                        Fault.Kind.ENGINE_LOST,
                        Fault.Kind.QUARANTINE_LEFT,
                        Fault.Kind.QUARANTINE_LEFT);
    }

    @Test
    @DisplayName("C12: lost with nothing on the engine: waits end, close releases")
    void shouldCloseLostChannelThatHoldsNothing() {
        Transfer queued = bench.issue();
        lose();
        assertThat(queued.await().outcome()).isEqualTo(Outcome.ABORTED);
        bench.channel.terminateSync();
        bench.channel.close();

        assertThat(bench.engine.channels()).isEmpty();
    }

    @Test
    @DisplayName("C3: transfers that the loss aborted are called back; ended ones too")
    void shouldCallBackAbortedByLoss() {
        bench.complete();
        bench.start();
        bench.issue();
        lose();
        bench.callbacks.run();

        assertThat(bench.called).containsExactly(1L, 3L);
    }

    @Test
    @DisplayName("C12: the evidence names transfers of the open generation beside an older one")
    void shouldNameTransfersOfOpenGenerationBesideUncollectedOne() {
        bench.submit();
        bench.channel.terminateAsync();
        Transfer running = bench.start();
        lose();

        expectLost(bench::prep, running.cookie());
    }

    @Test
    @DisplayName("C12: only the first loss counts")
    void shouldLoseOnce() {
        bench.start();
        lose();
        bench.backend.queue().lost("again", null);

        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_LOST);
        expectLost(bench::prep, 1L);
    }

    @Test
    @DisplayName("C12: a start that throws loses the engine")
    void shouldLoseEngineWhoseStartThrows() {
        bench.backend.onStart =
                () -> {
                    throw new IllegalStateException("doorbell broken");
                };
        Transfer transfer = bench.issue();

        assertThat(transfer.await().outcome()).isEqualTo(Outcome.ABORTED);
        assertThatThrownBy(bench::prep)
                .isInstanceOf(EngineLostException.class)
                .hasRootCauseMessage("doorbell broken");
    }

    @Test
    @DisplayName("C12: lost while paused, and while a pause waits")
    void shouldLosePausedEngine() {
        Transfer running = bench.start();
        bench.backend.onPause = () -> false;
        Thread pauser = bench.waiting(() -> expectLost(bench.channel::pause, running.cookie()));
        lose();
        Bench.join(pauser);

        bench.channel.terminateAsync();
        assertThat(bench.channel.state(running.cookie())).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C12: a neighbour channel lives on")
    void shouldNotLoseNeighbour() {
        bench.start();
        DmaChannel other = bench.request(request -> request);
        lose();
        other.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        other.issuePending();
        bench.provider.channels.getLast().take();
        bench.provider.channels.getLast().completeAll();
        bench.callbacks.run();

        assertThat(other.state(1)).isEqualTo(TransferState.COMPLETE);
        assertThatThrownBy(bench.engine::close).isInstanceOf(EngineLostException.class);
        assertThat(bench.engine.channels()).containsExactly(bench.channel);
    }

    @Test
    @DisplayName("C12: lost in the middle of an abort, from inside it")
    void shouldBeLostInsideAbort() {
        Transfer running = bench.start();
        bench.backend.onAbort = this::lose;

        expectLost(bench.channel::terminateSync, running.cookie());
        bench.backend.onAbort = () -> {};
        bench.backend.abortAll();
        assertThat(Bench.outcomes(bench.channel.synchronize())).containsKey(running.cookie());
    }
}
