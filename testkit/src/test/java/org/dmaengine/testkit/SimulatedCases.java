package org.dmaengine.testkit;

import static org.dmaengine.testkit.ReceiptAssert.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaException;
import org.dmaengine.Fault;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferCallback;
import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimCallback;
import org.dmaengine.engine.sim.SimDevice;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimFault;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.Simulation;
import org.dmaengine.engine.sim.StopModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** Tests that are good, and tests that leave something; run by {@link SimulationExtensionTest}. */
class SimulatedCases {
    static int before;
    static int after;

    @BeforeEach
    void countBefore(Simulation simulation) {
        simulation.pass();
        before++;
    }

    @AfterEach
    void countAfter(Simulation simulation) {
        simulation.pass();
        after++;
    }

    private static Transfer copy(DmaChannel channel, DmaArena arena, TransferCallback callback) {
        Transfer transfer =
                channel.submit(
                        channel.prepMemcpy(arena.allocate(1000), arena.allocate(1000)) // here
                                .onComplete(callback));
        channel.issuePending();
        return transfer;
    }

    // ---- Good ones

    @SimulationTest(seeds = 3)
    void good(
            Simulation simulation,
            DmaEngine engine,
            SimEngine hardware,
            SimModel model,
            FaultPlan plan,
            Choices choices,
            DmaArena arena,
            SimulationBench bench) {
        assertEquals(simulation, bench.simulation());
        assertTrue(plan.faults().isEmpty());
        try (DmaChannel channel = engine.requestChannel(Capability.MEMCPY)) {
            Transfer transfer = copy(channel, arena, result -> {});
            assertTrue(transfer.await().isWhole());
            channel.drain();
        }
    }

    static SimModel slow(Choices choices) {
        return SimModel.defaults()
                .withBandwidth(choices.between(1, 2), 100)
                .withStop(StopModel.NEVER, 0)
                .withWatchdog(1_000_000);
    }

    static FaultPlan stuck() {
        return FaultPlan.none().on(1, new SimFault.Stuck(Long.MAX_VALUE));
    }

    @SimulationTest(model = "slow", faults = "stuck")
    void goodWithFaults(SimulationBench bench, DmaArena arena) {
        try (DmaChannel channel = bench.engine().requestChannel(Capability.MEMCPY)) {
            Transfer transfer = copy(channel, arena, result -> {});
            bench.simulation().advance(Duration.ofSeconds(1));
            bench.hardware().heal();
            bench.simulation().advance(Duration.ofMillis(1));
            assertThat(channel.terminateSync()).isQuiet().hasNoEntry(transfer.cookie());
            assertEquals(
                    List.of(Fault.Kind.ENGINE_LOST, Fault.Kind.QUARANTINE_LEFT),
                    bench.faults().stream().map(Fault::kind).toList());
        }
    }

    @SimulationTest
    void goodWithTwoEngines(SimulationBench bench, DmaEngine engine) {
        DmaEngine other = bench.open(SimModel.defaults(), FaultPlan.none());
        engine.requestChannel(Capability.MEMCPY).close();
        other.requestChannel(Capability.MEMCPY).close();
    }

    @SimulationTest
    void goodWithThrowingCallback(SimulationBench bench, DmaArena arena) {
        bench.expect(Fault.Kind.CALLBACK_THREW);
        try (DmaChannel channel = bench.engine().requestChannel(Capability.MEMCPY)) {
            copy(
                    channel,
                    arena,
                    new SimCallback(bench.simulation())
                            .throwing(1, new IllegalStateException("on purpose")));
            channel.drain();
        }
    }

    @SimulationTest
    void aborted() {
        assumeTrue(false, "not today");
    }

    // ---- Those that leave something

    @SimulationTest
    void leavesChannelOpen(DmaEngine engine) {
        engine.requestChannel(Capability.MEMCPY);
    }

    @SimulationTest
    void leavesTransferInFlight(DmaEngine engine, DmaArena arena) {
        DmaChannel channel = engine.requestChannel(Capability.PERIPHERAL);
        channel.submit(
                channel.prepPeripheralSg(
                        PeripheralConfig.read(Peripheral.of(new SimDevice())),
                        List.of(arena.allocate(77))));
        channel.issuePending();
    }

    @SimulationTest
    void leavesTransferSubmitted(DmaEngine engine, DmaArena arena) {
        DmaChannel channel = engine.requestChannel(Capability.MEMSET);
        channel.submit(channel.prepMemset(arena.allocate(55), (byte) 1));
    }

    @SimulationTest
    void leavesHotCopyInFlight(DmaEngine engine, DmaArena arena) {
        DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
        channel.tryMemcpy(arena.allocate(10), 0, arena.allocate(10), 0, 10);
        channel.issuePending();
    }

    @SimulationTest
    void leavesCallbackRunning(Simulation simulation, DmaEngine engine, DmaArena arena) {
        DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
        copy(channel, arena, new SimCallback(simulation).blocking(1)).await();
        simulation.advance(Duration.ofSeconds(1));
    }

    @SimulationTest
    void leavesCallbackNotBegun(SimulationBench bench, DmaArena arena) {
        Executor lazy = task -> {};
        DmaChannel channel =
                bench.engine()
                        .requestChannel(
                                org.dmaengine.ChannelRequest.of(Capability.MEMCPY)
                                        .withCallbackExecutor(lazy));
        copy(channel, arena, result -> {}).await();
    }

    @SimulationTest(faults = "stuck", model = "slow")
    void leavesQuarantine(SimulationBench bench, DmaArena arena) {
        DmaChannel channel = bench.engine().requestChannel(Capability.MEMCPY);
        Transfer transfer = copy(channel, arena, result -> {});
        try {
            transfer.await();
        } catch (DmaException lost) {
            assertEquals(1, bench.faults().size());
        }
    }

    @SimulationTest
    void callbackThrows(DmaEngine engine, DmaArena arena) {
        try (DmaChannel channel = engine.requestChannel(Capability.MEMCPY)) {
            copy(channel, arena, result -> assertEquals(5, result.bytes()));
            channel.drain();
        }
    }

    @SimulationTest
    void swallowsFailure(Simulation simulation) {
        simulation.start(
                "member",
                () -> {
                    throw new IllegalStateException("nobody listens");
                });
        try {
            simulation.advance(10);
        } catch (IllegalStateException swallowed) {
            assertEquals("nobody listens", swallowed.getMessage());
        }
    }

    @SimulationTest
    void deadlocks(Simulation simulation) {
        simulation.park(Long.MAX_VALUE);
    }

    @SimulationTest(stepsMax = 1000)
    void spins(Simulation simulation) {
        while (simulation.steps() < Long.MAX_VALUE) {
            simulation.pass();
        }
    }

    @SimulationTest(seed = 40, seeds = 5)
    void failsOnOneSeed(Simulation simulation) {
        assertTrue(simulation.choices().seed() != 43, "not this one");
    }

    @SimulationTest
    void failsAndLeavesAll(Simulation simulation, DmaEngine engine, DmaArena arena) {
        DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
        copy(channel, arena, new SimCallback(simulation).blocking(1)).await();
        throw new AssertionError("of its own");
    }

    @SimulationTest(model = "nobody")
    void namesNoModel() {}

    @SimulationTest(seeds = 0)
    void runsNothing() {}
}
