package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.Set;

/** Pause and resume (C13). */
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
}
