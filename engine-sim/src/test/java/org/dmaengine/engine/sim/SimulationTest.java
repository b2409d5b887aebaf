package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Threads, time and waits of a simulation, without any engine. */
class SimulationTest {
    @Test
    void shouldReplayASeed() {
        assertThat(history(7)).isEqualTo(history(7)).isNotEqualTo(history(8));
    }

    private static List<String> history(long seed) {
        List<String> history = new ArrayList<>();
        try (Simulation simulation = new Simulation(seed)) {
            for (String name : List.of("a", "b", "c")) {
                simulation.start(
                        name,
                        () -> {
                            for (int i = 0; i < 10; i++) {
                                history.add(name + i);
                                simulation.pass();
                            }
                        });
            }
            simulation.advance(Duration.ofNanos(1));
        }
        return history;
    }

    // ---- Time

    @Test
    void shouldPassVirtualTimeOnly() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.advance(Duration.ofHours(1));
            assertThat(simulation.nanoTime()).isEqualTo(Duration.ofHours(1).toNanos());
        }
    }

    @Test
    void shouldWakeInOrderOfDeadlines() {
        List<String> order = new ArrayList<>();
        try (Simulation simulation = new Simulation(1)) {
            for (int millis : new int[] {30, 10, 20}) {
                simulation.start(
                        "after " + millis,
                        () -> {
                            simulation.advance(Duration.ofMillis(millis));
                            order.add(simulation.selfName());
                        });
            }
            simulation.advance(Duration.ofMillis(40));
        }
        assertThat(order).containsExactly("after 10", "after 20", "after 30");
    }

    @Test
    void shouldAdvanceThoughInterrupted() {
        try (Simulation simulation = new Simulation(1)) {
            Thread.currentThread().interrupt();
            simulation.advance(1_000);
            assertThat(simulation.nanoTime()).isEqualTo(1_000);
        }
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldAdvanceThoughUnparked() {
        try (Simulation simulation = new Simulation(1)) {
            Thread sleeper = Thread.currentThread();
            simulation.start("waker", () -> simulation.unpark(sleeper));
            simulation.advance(1_000);
            assertThat(simulation.nanoTime()).isEqualTo(1_000);
            // The permit is still there.
            simulation.park(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldJumpEarlyInAHurry() {
        long early = 0;
        for (long seed = 1; seed <= 20; seed++) {
            try (Simulation simulation = new Simulation(seed)) {
                simulation.hurry(3);
                AtomicBoolean busy = new AtomicBoolean(true);
                simulation.start(
                        "busy",
                        () -> {
                            while (busy.get() && simulation.steps() < 1_000) {
                                simulation.pass();
                            }
                        });
                simulation.advance(5_000);
                early += busy.get() && simulation.steps() < 1_000 ? 1 : 0;
                busy.set(false);
            }
        }
        assertThat(early).as("seeds whose clock jumped while a thread could run").isPositive();
    }

    // ---- Waits

    @Test
    void shouldKeepAPermit() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.unpark(Thread.currentThread());
            simulation.park(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldKeepOnePermitOnly() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.unpark(Thread.currentThread());
            simulation.unpark(Thread.currentThread());
            simulation.park(Long.MAX_VALUE);
            simulation.park(500);
            assertThat(simulation.nanoTime()).isEqualTo(500);
        }
    }

    @Test
    void shouldAwaitWhatAnotherDoes() {
        try (Simulation simulation = new Simulation(1)) {
            AtomicBoolean done = new AtomicBoolean();
            simulation.start(
                    "worker",
                    () -> {
                        simulation.advance(Duration.ofSeconds(3));
                        done.set(true);
                    });
            assertThat(simulation.await(done::get, Duration.ofSeconds(10))).isTrue();
            assertThat(simulation.nanoTime()).isEqualTo(Duration.ofSeconds(3).toNanos());
            assertThat(simulation.steps()).as("no polling").isLessThan(20);
        }
    }

    @Test
    void shouldStopAwaitingAtItsDeadline() {
        try (Simulation simulation = new Simulation(1)) {
            assertThat(simulation.await(() -> false, Duration.ofSeconds(10))).isFalse();
            assertThat(simulation.nanoTime()).isEqualTo(Duration.ofSeconds(10).toNanos());
        }
    }

    @Test
    void shouldLetTwoAwaitEachOther() {
        try (Simulation simulation = new Simulation(1)) {
            AtomicBoolean ping = new AtomicBoolean();
            AtomicBoolean pong = new AtomicBoolean();
            simulation.start(
                    "other",
                    () -> {
                        simulation.await(ping::get, Duration.ofSeconds(1));
                        pong.set(true);
                    });
            simulation.advance(1);
            ping.set(true);
            assertThat(simulation.await(pong::get, Duration.ofSeconds(1))).isTrue();
            assertThat(simulation.nanoTime()).isEqualTo(1);
        }
    }

    // ---- Interrupts

    @Test
    void shouldInterruptAParkedMember() {
        AtomicBoolean flag = new AtomicBoolean();
        try (Simulation simulation = new Simulation(1)) {
            Thread sleeper =
                    simulation.start(
                            "sleeper",
                            () -> {
                                simulation.park(Long.MAX_VALUE);
                                flag.set(Thread.interrupted());
                            });
            simulation.advance(10);
            simulation.interrupt(sleeper);
            simulation.advance(10);
        }
        assertThat(flag).isTrue();
    }

    @Test
    void shouldInterruptItself() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.interrupt(Thread.currentThread());
            simulation.park(Long.MAX_VALUE);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldInterruptAMemberThatHasNotBegun() {
        AtomicBoolean flag = new AtomicBoolean();
        try (Simulation simulation = new Simulation(1)) {
            Thread member = simulation.start("member", () -> flag.set(Thread.interrupted()));
            simulation.interrupt(member);
            simulation.advance(1);
        }
        assertThat(flag).isTrue();
    }

    @Test
    void shouldKeepAnInterruptThatComesWhileOthersRun() {
        try (Simulation simulation = new Simulation(1)) {
            Thread first = Thread.currentThread();
            simulation.start("interrupter", first::interrupt);
            simulation.advance(1);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    // ---- What goes wrong

    @Test
    void shouldFindALostWakeUp() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.start("sleeper", () -> simulation.park(Long.MAX_VALUE));
            assertThatThrownBy(() -> simulation.park(Long.MAX_VALUE))
                    .isInstanceOf(SimulationDeadlock.class)
                    .hasMessageContaining("sleeper PARKED")
                    .hasMessageContaining("shouldFindALostWakeUp");
        }
    }

    @Test
    void shouldFindEachOfTwoDeadlocks() {
        try (Simulation simulation = new Simulation(1)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> simulation.park(Long.MAX_VALUE))
                        .isInstanceOf(SimulationDeadlock.class);
            }
        }
    }

    @Test
    void shouldFindWhoSpins() {
        try (Simulation simulation = new Simulation(1)) {
            AtomicBoolean stop = new AtomicBoolean();
            simulation.stepsMax(1_000);
            simulation.start(
                    "spinner",
                    () -> {
                        while (!stop.get()) {
                            simulation.pass();
                        }
                    });
            assertThatThrownBy(() -> simulation.advance(Duration.ofSeconds(1)))
                    .isInstanceOf(SimulationStuck.class)
                    .hasMessageContaining("spinner");
            stop.set(true);
        }
    }

    @Test
    void shouldTellTheFirstThreadWhatAMemberThrew() {
        IllegalStateException thrown = new IllegalStateException("in a member");
        try (Simulation simulation = new Simulation(1)) {
            simulation.start(
                    "member",
                    () -> {
                        throw thrown;
                    });
            assertThatThrownBy(() -> simulation.park(Long.MAX_VALUE)).isSameAs(thrown);
            assertThat(simulation.failure()).containsSame(thrown);
        }
    }

    @Test
    void shouldKeepAFailureThatWasSwallowed() {
        AssertionError thrown = new AssertionError("in a member");
        try (Simulation simulation = new Simulation(1)) {
            simulation.start(
                    "member",
                    () -> {
                        throw thrown;
                    });
            assertThatThrownBy(simulation::pass).isSameAs(thrown);
            simulation.advance(10);
            assertThat(simulation.failure()).containsSame(thrown);
        }
    }

    @Test
    void shouldTellAFailureUnderAnEngineOnlyOutsideOfIt() {
        AssertionError thrown = new AssertionError("in a member");
        try (Simulation simulation = new Simulation(1)) {
            simulation.start(
                    "member",
                    () -> {
                        throw thrown;
                    });
            for (int i = 0; i < 10; i++) {
                simulation.passUnderEngine();
            }
            assertThat(simulation.failure()).containsSame(thrown);
            assertThatThrownBy(simulation::pass).isSameAs(thrown);
        }
    }

    @Test
    void shouldTellAFailureUnderAnEngineBeforeTheNextSleep() {
        AssertionError thrown = new AssertionError("in a member");
        for (Consumer<Simulation> sleep :
                List.<Consumer<Simulation>>of(
                        simulation -> simulation.park(Long.MAX_VALUE),
                        simulation -> simulation.park(1_000),
                        simulation -> simulation.advance(1_000),
                        simulation -> simulation.await(() -> false, Duration.ofSeconds(1)))) {
            try (Simulation simulation = new Simulation(1)) {
                simulation.start(
                        "member",
                        () -> {
                            throw thrown;
                        });
                while (simulation.failure().isEmpty()) {
                    simulation.passUnderEngine();
                }
                assertThatThrownBy(() -> sleep.accept(simulation)).isSameAs(thrown);
                assertThat(simulation.nanoTime()).isZero();
                simulation.advance(10);
                assertThat(simulation.nanoTime()).isEqualTo(10);
            }
        }
    }

    @Test
    void shouldTellWhatAStepListenerThrew() {
        AssertionError violation = new AssertionError("not at step 5");
        try (Simulation simulation = new Simulation(1)) {
            simulation.onStep(() -> {
                if (simulation.steps() == 5) {
                    throw violation;
                }
            });
            assertThatThrownBy(
                            () -> {
                                while (simulation.steps() < 100) {
                                    simulation.pass();
                                }
                            })
                    .isSameAs(violation);
            assertThat(simulation.steps()).isEqualTo(5);
        }
    }

    @Test
    void shouldRefuseThreadsFromOutside() throws InterruptedException {
        try (Simulation simulation = new Simulation(1)) {
            AtomicReference<Throwable> refused = new AtomicReference<>();
            Thread me = Thread.currentThread();
            for (Runnable call :
                    List.<Runnable>of(
                            () -> simulation.park(0),
                            () -> simulation.unpark(me),
                            () -> simulation.start("more", () -> {}),
                            simulation::close)) {
                refused.set(null);
                Thread outside =
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        call.run();
                                    } catch (IllegalStateException expected) {
                                        refused.set(expected);
                                    }
                                });
                outside.join();
                assertThat(refused.get()).hasMessageContaining("is none of this simulation");
            }
        }
    }

    // ---- The end

    @Test
    void shouldEndThoseWhoWait() {
        AtomicBoolean cleanedUp = new AtomicBoolean();
        try (Simulation simulation = new Simulation(1)) {
            simulation.start(
                    "sleeper",
                    () -> {
                        try {
                            simulation.park(Long.MAX_VALUE);
                        } finally {
                            cleanedUp.set(true);
                        }
                    });
            simulation.advance(1);
            assertThat(simulation.threads()).containsExactly("sleeper");
        }
        assertThat(cleanedUp).isTrue();
    }

    @Test
    void shouldNotBeginAtTheEnd() {
        AtomicBoolean ran = new AtomicBoolean();
        try (Simulation simulation = new Simulation(1)) {
            simulation.start("late", () -> ran.set(true));
        }
        assertThat(ran).isFalse();
    }

    @Test
    void shouldCloseTwice() {
        Simulation simulation = new Simulation(1);
        simulation.start("sleeper", () -> simulation.park(Long.MAX_VALUE));
        simulation.advance(1);
        simulation.close();
        simulation.close();
        assertThat(simulation.threads()).isEmpty();
    }

    @Test
    void shouldNotBeClosedByAMember() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.start("member", simulation::close);
            assertThatThrownBy(() -> simulation.advance(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("'member'");
        }
    }

    @Test
    void shouldTellWhoDoesNotLetItselfBeEnded() {
        AtomicBoolean stubborn = new AtomicBoolean(true);
        Simulation simulation = new Simulation(1);
        simulation.start(
                "stubborn",
                () -> {
                    while (stubborn.get()) {
                        try {
                            simulation.park(Long.MAX_VALUE);
                        } catch (SimulationOver ignored) {
                            // As code does that catches all.
                        }
                    }
                });
        simulation.advance(1);
        assertThatThrownBy(simulation::close)
                .isInstanceOf(SimulationStuck.class)
                .hasMessageContaining("stubborn");
        stubborn.set(false);
        simulation.close();
    }

    @Test
    void shouldTellAtTheEndWhatNobodyWasTold() {
        AssertionError thrown = new AssertionError("in a member");
        Simulation simulation = new Simulation(1);
        simulation.start(
                "member",
                () -> {
                    throw thrown;
                });
        while (simulation.failure().isEmpty()) {
            simulation.passUnderEngine();
        }
        assertThatThrownBy(simulation::close).isSameAs(thrown);
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        try (Simulation simulation = new Simulation(1)) {
            assertThatThrownBy(() -> simulation.hurry(-1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> simulation.stepsMax(0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
