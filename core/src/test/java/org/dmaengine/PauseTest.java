package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Pause and resume, and who overtakes whom (C13). */
class PauseTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C13: an idle channel is paused without asking the engine")
    void shouldPauseIdleChannel() {
        bench.channel.pause();
        Transfer transfer = bench.issue();

        assertThat(bench.backend.take()).isEmpty();
        int starts = bench.backend.starts.get();
        assertThat(bench.channel.state(transfer.cookie())).isEqualTo(TransferState.PAUSED);
        bench.channel.resume();
        assertThat(bench.backend.starts.get()).as("the doorbell").isGreaterThan(starts);
        assertThat(bench.backend.take()).hasSize(1);
        assertThat(bench.backend.pauses).hasValue(0);
        assertThat(bench.backend.resumes).hasValue(0);
    }

    @Test
    @DisplayName("C13: it returns when the engine says that no byte moves")
    void shouldWaitForEngineToStand() {
        bench.start();
        bench.backend.onPause = () -> false;
        Thread pauser = bench.waiting(bench.channel::pause);
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.IN_PROGRESS);
        bench.backend.queue().paused();
        Bench.join(pauser);

        assertThat(bench.channel.state(1)).isEqualTo(TransferState.PAUSED);
        bench.channel.resume();
        assertThat(bench.backend.resumes).hasValue(1);
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C13: it returns when the last transfer on the engine has ended instead")
    void shouldStandWhenLastTransferEnded() {
        bench.start();
        bench.start();
        bench.backend.onPause = () -> false;
        Thread pauser = bench.waiting(bench.channel::pause);
        bench.backend.complete(1);
        assertThat(pauser.isAlive()).isTrue();
        bench.backend.complete(2);
        Bench.join(pauser);

        Transfer next = bench.issue();
        assertThat(bench.backend.take()).isEmpty();
        bench.channel.resume();
        assertThat(bench.backend.take()).containsExactly(next.cookie());
        assertThat(bench.backend.resumes).as("it was told to pause").hasValue(1);
    }

    @Test
    @DisplayName("C13: resume of a channel that is not paused is an error")
    void shouldRefuseResumeOfRunningChannel() {
        assertThatThrownBy(bench.channel::resume).isInstanceOf(IllegalStateException.class);
        bench.start();
        assertThatThrownBy(bench.channel::resume).isInstanceOf(IllegalStateException.class);
        bench.channel.pause();
        bench.channel.resume();
        assertThatThrownBy(bench.channel::resume).isInstanceOf(IllegalStateException.class);
        assertThat(bench.backend.resumes).hasValue(1);
    }

    @Test
    @DisplayName("C13: pausing twice asks the engine once")
    void shouldPauseTwice() {
        bench.start();
        bench.channel.pause();
        bench.channel.pause();

        assertThat(bench.backend.pauses).hasValue(1);
    }

    @Test
    @DisplayName("C13, R20: a termination leaves it running and empty, told once to the engine")
    void shouldClearPauseAtTermination() {
        Transfer running = bench.start();
        bench.channel.pause();
        bench.channel.terminateAsync();
        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(bench.backend.resumes).as("abort clears the pause").hasValue(0);
        bench.backend.abortOne(running.cookie(), 5);
        bench.channel.synchronize();

        assertThatThrownBy(bench.channel::resume).isInstanceOf(IllegalStateException.class);
        assertThat(bench.complete().result()).isPresent();
    }

    @Test
    @DisplayName("C13: a termination tells a paused engine to go on even if all has ended")
    void shouldResumeEngineAtTerminationOfPausedAndEmpty() {
        bench.start();
        bench.channel.pause();
        bench.backend.complete(1);
        bench.channel.terminateAsync();

        assertThat(bench.backend.resumes.get() + bench.backend.aborts.get()).isEqualTo(1);
        assertThat(bench.complete().result()).isPresent();
    }

    @Test
    @DisplayName("C13: a pause that a termination or resume takes back says so")
    void shouldTellPauseThatWasTakenBack() {
        bench.start();
        bench.backend.onPause = () -> false;
        Thread first = bench.waiting(() -> expectTakenBack());
        bench.channel.resume();
        Bench.join(first);
        Thread second = bench.waiting(() -> expectTakenBack());
        bench.channel.terminateAsync();
        Bench.join(second);
        bench.backend.queue().paused();

        assertThatThrownBy(bench.channel::resume)
                .as("a late confirmation changes nothing")
                .isInstanceOf(IllegalStateException.class);
    }

    private void expectTakenBack() {
        assertThatThrownBy(bench.channel::pause)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("resumed");
    }

    @Test
    @DisplayName("C13, R33: the answer to a pause that was taken back does not confirm the next")
    void shouldNotTakeAnswerOfOldPauseForNewOne() {
        bench.start();
        CountDownLatch inPause = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        bench.backend.onPause =
                () -> {
                    inPause.countDown();
                    Bench.await(leave);
                    bench.backend.onPause = () -> false;
                    return true;
                };
        // Told to stand, taken back, and wanted again, all while the engine is being told.
        Thread first = bench.thread(this::pauseOrTakenBack);
        Bench.await(inPause);
        bench.channel.resume();
        Thread second = bench.waiting(bench.channel::pause);
        leave.countDown();
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
        CountDownLatch inResume = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        bench.backend.onPause = () -> false;
        Thread first = bench.waiting(this::pauseOrTakenBack);
        bench.backend.onResume =
                () -> {
                    inResume.countDown();
                    Bench.await(leave);
                };
        Thread resumer = bench.thread(bench.channel::resume);
        Bench.await(inResume);
        Thread second = bench.waiting(bench.channel::pause);
        // The engine answers the first pause just before it hears of the resume.
        bench.backend.queue().paused();
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.IN_PROGRESS);
        leave.countDown();
        Bench.join(first);
        Bench.join(resumer);
        assertThat(bench.backend.pauses).hasValue(2);
        bench.backend.queue().paused();
        Bench.join(second);
    }

    @Test
    @DisplayName("C13: residue is stable and an end while paused is heard")
    void shouldHearEndWhilePaused() {
        Transfer running = bench.start();
        bench.backend.issued(running.cookie()).progress(30);
        bench.channel.pause();
        assertThat(bench.channel.status(1).residueBytes()).isEqualTo(34);
        bench.backend.complete(running.cookie());
        bench.callbacks.run();

        assertThat(bench.called).containsExactly(running.cookie());
        bench.issue();
        assertThat(bench.backend.take()).isEmpty();
    }

    @Test
    @DisplayName("C13: pause behind a termination waits for the abort to be told first")
    void shouldTellAbortBeforePause() {
        Transfer old = bench.start();
        StringBuilder order = new StringBuilder();
        CountDownLatch inAbort = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        bench.backend.onAbort =
                () -> {
                    order.append("abort ");
                    inAbort.countDown();
                    Bench.await(leave);
                };
        bench.backend.onPause =
                () -> {
                    order.append("pause ");
                    return true;
                };
        Thread terminator = bench.thread(bench.channel::terminateAsync);
        Bench.await(inAbort);
        Thread pauser = bench.waiting(bench.channel::pause);
        leave.countDown();
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
    @DisplayName("A channel that cannot pause says so as documented")
    void shouldRefusePauseWhereChannelCannot() {
        ManualEngine provider =
                new ManualEngine(
                        ManualEngine.describe(
                                "plain", Set.of(Capability.MEMCPY), 1, ManualEngine.everyRow()));
        DmaEngine engine = DmaEngines.open(provider, EngineOptions.defaults());
        DmaChannel plain = engine.requestChannel(Capability.MEMCPY);

        assertThatThrownBy(plain::pause).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(plain::resume).isInstanceOf(UnsupportedOperationException.class);
        engine.close();
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
            direct.backend.complete(running.cookie());
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
