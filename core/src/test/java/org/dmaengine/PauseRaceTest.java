package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Pause, and who overtakes whom: resume, termination, late answers, callbacks (C13). */
class PauseRaceTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C13, R33: the answer to a pause that was taken back does not confirm the next")
    void shouldNotTakeAnswerOfOldPauseForNewOne() {
        bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onPause =
                () -> {
                    held.hold();
                    bench.backend.onPause = () -> false;
                    return true;
                };
        // Told to stand, taken back, and wanted again, all while the engine is being told.
        Thread first = bench.thread(this::pauseOrTakenBack);
        held.awaitInside();
        bench.channel.resume();
        Thread second = bench.waiting(bench.channel::pause);
        held.release();
        await().atMost(Bench.DEADLINE).until(() -> bench.backend.pauses.get() == 2);
        Bench.join(first);
        assertThat(bench.backend.resumes).hasValue(1);
        assertThat(bench.channel.state(1))
                .as("the engine went on, and has not confirmed the second pause")
                .isEqualTo(TransferState.IN_PROGRESS);
        assertThat(second.isAlive()).isTrue();
        bench.backend.queue().paused();
        Bench.join(second);
    }

    @Test
    @DisplayName(
            "C12: a close that gives up while the engine is being told to pause still stops it")
    void shouldTellAbortThoughCloseGaveUp() {
        bench.start();
        bench.backend.onPause =
                () -> {
                    assertThat(bench.channel.close(Duration.ZERO)).isInstanceOf(StillOwned.class);
                    return true;
                };
        assertThatThrownBy(bench.channel::pause).isInstanceOf(EngineLostException.class);
        assertThat(bench.backend.aborts).as("or it would stand still for ever").hasValue(1);
        bench.backend.abortAll();
        assertThat(bench.channel.close(Bench.DEADLINE))
                .as("its late proof")
                .isInstanceOf(Quiesced.class);
    }

    private void pauseOrTakenBack() {
        try {
            bench.channel.pause();
        } catch (IllegalStateException takenBack) {
            assertThat(takenBack).hasMessageContaining("resumed");
        }
    }

    @Test
    @DisplayName("C13, R33: a late confirmation does not confirm the next pause")
    void shouldNotTakeLateConfirmationForNewPause() {
        bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onPause = () -> false;
        Thread first = bench.waiting(this::pauseOrTakenBack);
        bench.backend.onResume = held::hold;
        Thread resumer = bench.thread(bench.channel::resume);
        held.awaitInside();
        Thread second = bench.waiting(bench.channel::pause);
        // The engine answers the first pause just before it hears of the resume.
        bench.backend.queue().paused();
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.IN_PROGRESS);
        held.release();
        Bench.join(first);
        Bench.join(resumer);
        assertThat(bench.backend.pauses).hasValue(2);
        bench.backend.queue().paused();
        Bench.join(second);
    }

    @Test
    @DisplayName("C13: pause behind a termination waits for the abort to be told first")
    void shouldTellAbortBeforePause() {
        Transfer old = bench.start();
        StringBuilder order = new StringBuilder();
        HeldCall held = new HeldCall();
        bench.backend.onAbort =
                () -> {
                    order.append("abort ");
                    held.hold();
                };
        bench.backend.onPause =
                () -> {
                    order.append("pause ");
                    return true;
                };
        Thread terminator = bench.thread(bench.channel::terminateAsync);
        held.awaitInside();
        Thread pauser = bench.waiting(bench.channel::pause);
        held.release();
        Bench.join(terminator);
        Bench.join(pauser);
        assertThat(order).hasToString("abort pause ");
        bench.backend.abortOne(old.cookie(), 0);
        Transfer newer = bench.issue();
        assertThat(bench.backend.take()).isEmpty();
        bench.channel.resume();

        assertThat(bench.backend.take()).containsExactly(newer.cookie());
    }

    @Test
    @DisplayName("C10: pause in a callback on the ending thread does not wait for itself")
    void shouldNotWaitForItselfInCallbackOnEndingThread() {
        try (Bench direct = new Bench(request -> request.withCallbackExecutor(Runnable::run))) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            direct.submit(
                    direct.prep()
                            .onComplete(result -> {
                                try {
                                    direct.channel.pause();
                                } catch (RuntimeException refused) {
                                    thrown.set(refused);
                                }
                            }));
            Transfer running = direct.issue();
            direct.backend.take();
            direct.backend.onPause = () -> false;
            // The engine's only thread: it ends one transfer, and would confirm the pause next.
            Thread engineThread = direct.thread(() -> direct.backend.complete(1));
            Bench.join(engineThread);

            assertThat(thrown.get()).isInstanceOf(CallbackContextException.class);
            direct.expectNoFaults();
            assertThat(direct.channel.state(running.cookie()))
                    .as("refused, and nothing changed")
                    .isEqualTo(TransferState.IN_PROGRESS);
            Transfer next = direct.issue();
            assertThat(direct.backend.take()).containsExactly(next.cookie());
            direct.backend.completeAll();
        }
    }

    @Test
    @DisplayName("C3: where the engine answers at once, a callback on its thread may pause")
    void shouldPauseOnEndingThreadWhereEngineAnswersAtOnce() {
        try (Bench direct = new Bench(request -> request.withCallbackExecutor(Runnable::run))) {
            direct.submit(direct.prep().onComplete(result -> direct.channel.pause()));
            Transfer running = direct.issue();
            direct.backend.take();
            direct.backend.complete(1);

            direct.expectNoFaults();
            assertThat(direct.channel.state(running.cookie())).isEqualTo(TransferState.PAUSED);
            direct.channel.resume();
        }
    }

    @Test
    @DisplayName("C13: on a thread that reported an end before, a callback may wait for its pause")
    void shouldWaitForPauseInCallbackOnThreadThatReportedBefore() {
        bench.submit(bench.prep().onComplete(result -> bench.channel.pause()));
        Transfer running = bench.issue();
        bench.backend.take();
        bench.backend.onPause =
                () -> {
                    bench.thread(bench.backend.queue()::paused);
                    return false;
                };
        bench.backend.complete(1);
        bench.callbacks.run();

        bench.expectNoFaults();
        assertThat(bench.channel.state(running.cookie())).isEqualTo(TransferState.PAUSED);
    }

    @Test
    @DisplayName("C10: a pause that is refused does not take back the pause of another thread")
    void shouldNotTakeBackPauseOfAnotherThreadWhenRefused() {
        try (Bench direct = new Bench(request -> request.withCallbackExecutor(Runnable::run))) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            direct.submit(
                    direct.prep()
                            .onComplete(result -> {
                                try {
                                    direct.channel.pause();
                                } catch (CallbackContextException refused) {
                                    thrown.set(refused);
                                }
                            }));
            Transfer running = direct.issue();
            direct.backend.take();
            direct.backend.onPause = () -> false;
            Thread pauser = direct.waiting(direct.channel::pause);
            direct.backend.complete(1);
            assertThat(thrown.get()).isInstanceOf(CallbackContextException.class);
            direct.backend.queue().paused();
            Bench.join(pauser);

            assertThat(direct.channel.state(running.cookie())).isEqualTo(TransferState.PAUSED);
        }
    }
}
