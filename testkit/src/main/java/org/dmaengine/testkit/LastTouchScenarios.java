package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A buffer is free when the engine has touched it for the last time, and not before. */
interface LastTouchScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "E13 (AutoMQ 1944): the outcome shows after the last touch, not at the first answer")
    default void e13_outcomeAfterLastTouch() {
        play(bench -> {
            int rounds = bench.isSimulated() ? 4 : 30;
            long length = bench.isSimulated() ? 8 << 10 : 1 << 20;
            bench.engine.faults(
                    FaultPlan.none()
                            .on(1, new SimFault.Stuck(30_000))
                            .on(2, new SimFault.TornWrite(3_000))
                            .on(3, new SimFault.LateStop(30_000)));
            Touches touches = Touches.of(bench);
            boolean halfWay = bench.engine.modelThatStopsHalfWay(bench.choices());
            Moments moments = halfWay ? bench.moments("stopped half-way") : bench.moments();
            DmaChannel channel = bench.channels.forCopies();
            AtomicInteger played = new AtomicInteger();
            moments.rounds(
                    rounds,
                    () -> {
                        boolean late = moments.areLate() && !bench.isSimulated();
                        ScenarioCopy copy =
                                bench.transfers.copy(
                                        channel, late ? 8 << 20 : length, result -> {});
                        Party<Boolean> watcher = watch(bench, copy.transfer(), copy.target());
                        if (played.incrementAndGet() % 2 == 0) {
                            if (late) {
                                bench.transfers.awaitBegun(channel, copy);
                            } else {
                                bench.clock.passSome(bench.isSimulated() ? 10_000 : 100_000);
                            }
                            channel.terminateAsync();
                        }
                        TransferResult result = bench.transfers.outcome(copy.transfer());
                        if (result.outcome() == Outcome.ABORTED && result.bytes() > 0) {
                            moments.saw("stopped half-way");
                        }
                        watcher.result();
                        bench.memory.requireUntouched();
                    });
            bench.parties.within("terminateSync()", channel::terminateSync);
            if (!halfWay && !bench.isSimulated()) {
                stopRead(bench);
            }
            bench.clock.aWhile();
            bench.memory.requireUntouched();
            assertEquals(0, touches.afterLastTouch());
            assertTrue(!bench.isSimulated() || touches.faults() > 0, "no fault has happened");
        });
    }

    private static Party<Boolean> watch(
            ScenarioBench bench, Transfer transfer, MemorySegment memory) {
        return bench.parties.run(
                "watcher",
                () -> {
                    while (transfer.result().isEmpty()) {
                        bench.clock.look();
                    }
                    // Free: from this moment on it is somebody else's.
                    bench.memory.freed(transfer, memory);
                });
    }

    /** Where no copy is stopped half-way it is a read from a stream, which gets more bytes then. */
    private static void stopRead(ScenarioBench bench) {
        HeldRead held = HeldRead.open(bench);
        Party<Boolean> watcher = watch(bench, held.transfer(), held.memory());
        held.feed(1000);
        held.channel().terminateAsync();
        held.letStop();
        TransferResult result = bench.transfers.outcome(held.transfer());
        watcher.result();
        held.supply(1000);
        assertEquals(Outcome.ABORTED, result.outcome());
        assertEquals(1000, result.bytes());
    }

    @Test
    @DisplayName(
            "E15 (JDK 25 and io_uring): an arena is closed with a read in flight: ours refuses, a"
                    + " mapped foreign one stays open, and the bytes arrive in live memory")
    default void e15_closeInFlightIsRefused() {
        play(bench -> {
            DmaArena ours = DmaArena.open();
            Arena foreign = Arena.ofShared();
            DmaBuffer mapped = bench.engine.opened().map(foreign.allocate(HeldRead.BYTES));
            HeldRead intoOurs =
                    HeldRead.open(
                            bench, bench.channels.open(), ours.allocate(HeldRead.BYTES), any -> {});
            HeldRead intoForeign =
                    HeldRead.open(bench, bench.channels.open(), mapped.segment(), any -> {});
            assertThrows(BuffersInFlightException.class, ours::close);
            assertThrows(BuffersInFlightException.class, mapped::close);
            assertThrows(IllegalStateException.class, foreign::close);
            assertTrue(ours.scope().isAlive() && foreign.scope().isAlive());
            for (HeldRead each : List.of(intoOurs, intoForeign)) {
                each.feed(2000);
                assertTrue(each.isHeld());
                each.finish();
                assertTrue(bench.transfers.outcome(each.transfer()).isWhole());
                each.check();
            }
            ours.close();
            assertThrows(IllegalStateException.class, foreign::close, "it is mapped still");
            mapped.close();
            foreign.close();
        });
    }

    @Test
    @DisplayName(
            "E18 (embassy): what the engine wrote is visible before the buffer is reported free, by"
                    + " status, outcome, callback and synchronize")
    default void e18_bytesVisibleWhenFree() {
        play(bench -> {
            bench.engine.assumeCopies();
            int rounds = bench.isSimulated() ? 4 : 200;
            DmaChannel channel = bench.channels.open();
            MemorySegment source = bench.memory.arena().allocate(512);
            for (int round = 1; round <= rounds; round++) {
                source.fill((byte) round);
                MemorySegment target = bench.memory.arena().allocate(512);
                List<String> stale = new CopyOnWriteArrayList<>();
                Consumer<String> look =
                        how -> {
                            if (target.mismatch(source) >= 0) {
                                stale.add(how);
                            }
                        };
                Transfer transfer =
                        channel.submit(
                                bench.transfers
                                        .prepCopy(channel, target, source)
                                        .onComplete(result -> look.accept("callback")));
                AtomicInteger looking = new AtomicInteger();
                Party<Boolean> byStatus =
                        bench.parties.run(
                                "a poller of the status",
                                () -> {
                                    TransferState first = channel.state(transfer.cookie());
                                    assertEquals(TransferState.IN_PROGRESS, first);
                                    looking.incrementAndGet();
                                    while (channel.state(transfer.cookie())
                                            != TransferState.COMPLETE) {
                                        bench.clock.look();
                                    }
                                    look.accept("status");
                                });
                Party<Boolean> byOutcome =
                        bench.parties.run(
                                "a poller of the outcome",
                                () -> {
                                    assertTrue(transfer.result().isEmpty());
                                    looking.incrementAndGet();
                                    while (transfer.result().isEmpty()) {
                                        bench.clock.look();
                                    }
                                    look.accept("outcome");
                                });
                bench.clock.await("both to look", () -> looking.get() == 2);
                channel.issuePending();
                byStatus.result();
                byOutcome.result();
                channel.synchronize();
                look.accept("synchronize");
                assertEquals(List.of(), stale);
            }
        });
    }
}
