package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Outcome;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

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

    @Test
    void shouldPassVirtualTimeOnly() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.advance(Duration.ofHours(1));
            assertThat(simulation.nanoTime()).isEqualTo(Duration.ofHours(1).toNanos());
        }
    }

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
    void shouldKeepAPermit() {
        try (Simulation simulation = new Simulation(1)) {
            simulation.unpark(Thread.currentThread());
            simulation.park(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldRunAnEngineInVirtualTime() {
        try (Simulation simulation = new Simulation(3);
                DmaEngine engine =
                        DmaEngines.open(
                                new SimEngine(
                                        SimModel.defaults().withBandwidth(1, 1), FaultPlan.none()),
                                EngineOptions.defaults().withScheduler(simulation));
                DmaArena arena = DmaArena.open();
                DmaChannel channel = engine.requestChannel(Capability.MEMCPY)) {
            var source = arena.allocateFrom("simulated");
            var target = arena.allocate(source.byteSize());
            AtomicBoolean calledBack = new AtomicBoolean();
            var transfer =
                    channel.submit(
                            channel.prepMemcpy(target, source)
                                    .onComplete(result -> calledBack.set(true)));
            channel.issuePending();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.COMPLETE);
            channel.drain();
            assertThat(calledBack).isTrue();
            assertThat(target.getString(0)).isEqualTo("simulated");
            assertThat(simulation.nanoTime()).isGreaterThanOrEqualTo(10_000);
        }
    }
}
