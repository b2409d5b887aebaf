package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.Fault;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Callbacks that throw, block and loop by script. */
class SimCallbackTest {
    private static Transfer copy(SimBench bench, SimCallback callback) {
        Transfer transfer =
                bench.channel.submit(
                        bench.channel
                                .prepMemcpy(bench.target(100), bench.source(100))
                                .onComplete(callback));
        bench.channel.issuePending();
        return transfer;
    }

    @Test
    @DisplayName("C3: a callback that throws is reported, and the next is called")
    void shouldThrow() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            RuntimeException exception = new IllegalStateException("the second");
            Error error = new StackOverflowError("the third");
            List<Long> received = new ArrayList<>();
            SimCallback callback =
                    new SimCallback(bench.simulation, result -> received.add(result.cookie()))
                            .throwing(2, exception)
                            .throwing(3, error);
            for (int i = 0; i < 4; i++) {
                copy(bench, callback);
            }
            bench.channel.drain();
            assertThat(received).containsExactly(1L, 2L, 3L, 4L);
            assertThat(bench.faultKinds())
                    .containsExactly(Fault.Kind.CALLBACK_THREW, Fault.Kind.CALLBACK_THREW);
            assertThat(bench.faults.getFirst().cause()).containsSame(exception);
            assertThat(bench.faults.getLast().cause()).containsSame(error);
            assertThat(callback.calls()).isEqualTo(4);
            assertThat(callback.returned()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("C6: synchronize waits for a callback that blocks")
    void shouldBlockForAWhile() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            SimCallback callback =
                    new SimCallback(bench.simulation).blocking(1, Duration.ofMillis(5));
            copy(bench, callback);
            bench.advance(1_000_000);
            assertThat(callback.isRunning()).isTrue();
            bench.channel.terminateSync();
            assertThat(callback.isRunning()).isFalse();
            assertThat(bench.now()).isBetween(5_000_000L, 5_100_000L);
        }
    }

    @Test
    void shouldBlockUntilReleased() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            SimCallback callback = new SimCallback(bench.simulation).blocking(1);
            copy(bench, callback);
            assertThat(bench.channel.drain(Duration.ofHours(1))).isInstanceOf(StillOwned.class);
            callback.release();
            bench.channel.drain();
            assertThat(callback.returned()).isEqualTo(1);
        }
    }

    @Test
    void shouldBlockThoughInterrupted() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            List<Thread> threads = new ArrayList<>();
            List<Boolean> flags = new ArrayList<>();
            SimCallback callback =
                    new SimCallback(bench.simulation, result -> threads.add(Thread.currentThread()))
                            .blocking(1);
            bench.channel.submit(
                    bench.channel
                            .prepMemcpy(bench.target(100), bench.source(100))
                            .onComplete(result -> {
                                callback.onComplete(result);
                                flags.add(Thread.interrupted());
                            }));
            bench.channel.issuePending();
            bench.advance(10_000);
            bench.simulation.interrupt(threads.getFirst());
            bench.advance(10_000);
            assertThat(callback.isRunning()).isTrue();
            callback.release();
            bench.channel.drain();
            assertThat(flags).containsExactly(true);
        }
    }

    @Test
    void shouldLoop() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            SimCallback callback = new SimCallback(bench.simulation).looping(1, 1_000);
            copy(bench, callback);
            long before = bench.simulation.steps();
            bench.channel.drain();
            assertThat(bench.simulation.steps() - before).isGreaterThan(1_000);
        }
    }

    @Test
    void shouldTakeCookiesToo() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            SimCallback callback = new SimCallback(bench.simulation);
            bench.channel.tryMemcpy(bench.target(100), 0, bench.source(100), 0, 100, callback);
            bench.channel.issuePending();
            bench.channel.drain();
            assertThat(callback.calls()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseScriptsThatMakeNoSense() {
        SimCallback callback = new SimCallback(Scheduler.system());
        assertThatThrownBy(() -> callback.blocking(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> callback.looping(1, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
