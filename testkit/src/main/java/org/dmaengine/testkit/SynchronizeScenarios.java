package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineContractException;
import org.dmaengine.EngineDescription;
import org.dmaengine.EngineLostException;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.engine.sim.StopModel;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.EngineProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What synchronize proves, and what it says where nothing can be proved. */
interface SynchronizeScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R17 (xilinx_dma: implement synchronize; fsl-edma, 2019): a provider without"
                    + " synchronize is refused, and one whose synchronize proves nothing is not"
                    + " believed")
    default void r17_providerWithoutSynchronize() throws NoSuchMethodException {
        assertFalse(ChannelBackend.class.getMethod("abort").isDefault());
        assertFalse(ChannelBackend.class.getMethod("synchronize", long.class).isDefault());
        play(bench -> {
            EngineProvider silent =
                    new EngineLayer(bench.engine.provider()) {
                        @Override
                        EngineDescription description(EngineDescription honest) {
                            return withoutRows(honest);
                        }
                    };
            EngineOptions options = EngineOptions.defaults().withScheduler(bench.clock.scheduler());
            assertThrows(EngineContractException.class, () -> DmaEngines.open(silent, options));

            bench.faults.expect(Fault.Kind.ENGINE_LOST);
            bench.engine.modelThatStops();
            AtomicBoolean proves = new AtomicBoolean();
            bench.engine.layer(provider -> provingNothing(provider, proves));
            HeldRead held = HeldRead.open(bench);
            held.channel().terminateAsync();
            held.letStop();
            EngineLostException lost =
                    assertThrows(
                            EngineLostException.class,
                            () ->
                                    bench.parties.within(
                                            "synchronize()", held.channel()::synchronize));
            assertFalse(lost.evidence().reason().isEmpty());
            assertInstanceOf(
                    StillOwned.class,
                    bench.parties.within(
                            "synchronize(timeout)",
                            () -> held.channel().synchronize(bench.clock.whileLong())));
            proves.set(true);
        });
    }

    private static EngineDescription withoutRows(EngineDescription honest) {
        return new EngineDescription(
                honest.name(),
                honest.summary(),
                honest.capabilities(),
                Map.of(),
                honest.residueGranularity(),
                honest.copyAlignBytes(),
                honest.lengthMaxBytes(),
                honest.channelsMax());
    }

    private static EngineLayer provingNothing(EngineProvider provider, AtomicBoolean proves) {
        return new EngineLayer(provider) {
            @Override
            ChannelBackend channel(ChannelBackend engineSide) {
                return new Backend(engineSide) {
                    @Override
                    public boolean synchronize(long deadlineNanos) {
                        return proves.get() && super.synchronize(deadlineNanos);
                    }
                };
            }
        };
    }

    @Test
    @DisplayName(
            "R21 (rz-dmac: device_synchronize, 2022; suspend timeout, 2026): synchronize without a"
                    + " termination on a busy, a cyclic and a paused channel returns, and kills"
                    + " nothing")
    default void r21_synchronizeWithoutTermination() {
        play(bench -> {
            HeldRead busy = HeldRead.open(bench);
            bench.parties.within("synchronize() when busy", busy.channel()::synchronize);
            assertTrue(busy.isHeld());

            bench.engine.assumeCopies();
            DmaChannel large = bench.channels.open();
            AtomicLong length = new AtomicLong(64 << 10);
            Moments moments = bench.moments("synchronize() of a running copy");
            moments.rounds(
                    1,
                    () -> {
                        ScenarioCopy copy = bench.transfers.copy(large, length.get(), any -> {});
                        if (copy.transfer().result().isEmpty()) {
                            moments.saw("synchronize() of a running copy");
                        }
                        bench.parties.within("synchronize() at once", large::synchronize);
                        assertTrue(bench.transfers.outcome(copy.transfer()).isWhole());
                        copy.check();
                        length.set(Math.min(2 * length.get(), 8 << 20));
                    });

            DmaChannel cyclic = bench.channels.forCyclic();
            ByteFeed feed = bench.feed();
            AtomicInteger periods = new AtomicInteger();
            Transfer ring =
                    bench.transfers.cyclic(
                            cyclic,
                            feed,
                            config -> config,
                            bench.memory.target(2000),
                            1000,
                            event -> periods.incrementAndGet());
            feed.supply(1000);
            bench.clock.await("a period", () -> periods.get() == 1);
            bench.parties.within("synchronize() when cyclic", cyclic::synchronize);
            feed.supply(1000);
            bench.clock.await("the next period", () -> periods.get() == 2);
            assertTrue(ring.result().isEmpty());

            if (bench.engine.can(Capability.PAUSE)) {
                bench.parties.runWithin("pause()", busy.channel()::pause);
                bench.parties.within("synchronize() when paused", busy.channel()::synchronize);
                assertEquals(TransferState.PAUSED, busy.channel().state(busy.transfer().cookie()));
                busy.channel().resume();
            }
            busy.finish();
            assertTrue(bench.transfers.outcome(busy.transfer()).isWhole());
            busy.check();
        });
    }

    @Test
    @DisplayName(
            "R34 (tegra186, uniphier: terminate error; imx-sdma, gpi): the hardware refuses to"
                + " stop: transfers stay owned, the error is told, both who terminate wait until it"
                + " is quiet, what was only submitted is cleared, neighbours go on")
    default void r34_hardwareRefusesToStop() {
        play(bench -> {
            bench.faults.expect(Fault.Kind.ENGINE_THREW);
            bench.engine.model(any -> any.withStop(StopModel.REFUSES, 0));
            if (!bench.isSimulated()) {
                boolean stopsAll = HeldRead.stopsAll(bench);
                bench.engine.layer(
                        provider -> refusing(stopsAll ? new Unstoppable(provider) : provider));
            }
            HeldRead held =
                    HeldRead.stubborn(
                            bench,
                            bench.channels.open(),
                            bench.memory.target(HeldRead.BYTES),
                            any -> {});
            DmaChannel channel = held.channel();
            HeldRead neighbour = HeldRead.open(bench);
            List<Party<Receipt>> terminators = new ArrayList<>();
            for (String name : List.of("first", "second")) {
                terminators.add(
                        bench.parties.start(name + " terminateSync()", channel::terminateSync));
            }
            bench.clock.await(
                    "the error to be told", () -> bench.faults.count(Fault.Kind.ENGINE_THREW) > 0);
            StillOwned owned =
                    assertInstanceOf(
                            StillOwned.class,
                            bench.parties.within(
                                    "synchronize(timeout)",
                                    () -> channel.synchronize(bench.clock.whileLong())));
            assertEquals(held.transfer().cookie(), owned.transfers().getFirst().cookie());
            assertTrue(terminators.stream().noneMatch(Party::isDone), "returned too early");

            DmaChannel onlySubmitted = bench.channels.open();
            ScenarioCopy cleared =
                    bench.transfers.submit(onlySubmitted, ScenarioCopy.BYTES, any -> {});
            bench.parties.within("terminateSync() of submitted", onlySubmitted::terminateSync);
            assertEquals(Outcome.ABORTED, cleared.result().outcome());
            assertEquals(0, cleared.result().bytes());
            bench.transfers.requireWorking(bench.channels.open());
            assertTrue(neighbour.isHeld(), "the neighbour was stopped");
            neighbour.finish();
            assertTrue(bench.transfers.outcome(neighbour.transfer()).isWhole());
            neighbour.check();

            assertTrue(held.isHeld(), "it did stop");
            held.finish();
            List<Receipt> receipts = terminators.stream().map(Party::result).toList();
            TransferResult result = held.transfer().result().orElseThrow();
            assertEquals(HeldRead.BYTES, result.bytes());
            held.check();
            assertTrue(
                    receipts.stream().anyMatch(each -> each.abortError().isPresent()),
                    "no receipt has the error");
        });
    }

    private static EngineLayer refusing(EngineProvider provider) {
        return new EngineLayer(provider) {
            @Override
            ChannelBackend channel(ChannelBackend engineSide) {
                return new Backend(engineSide) {
                    @Override
                    public void abort() {
                        super.abort();
                        throw new IllegalStateException("the hardware does not stop");
                    }
                };
            }
        };
    }
}
