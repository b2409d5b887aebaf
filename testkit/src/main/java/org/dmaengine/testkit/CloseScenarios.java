package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Fault;
import org.dmaengine.Outcome;
import org.dmaengine.OwnedTransfer;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Proof;
import org.dmaengine.Quarantine;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.dmaengine.engine.sim.StopModel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Closing while somebody is inside, and all the ways by which a transfer comes to its end. */
interface CloseScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R31 (rcar-dmac: wait for ISR before freeing): a channel is closed while the engine is"
                    + " inside it, reporting an end: no callback after the close, and no damage")
    default void r31_closeWithEngineInside() {
        play(bench -> {
            Gate inside = bench.gate();
            AtomicInteger calls = new AtomicInteger();
            Executor interruptPath =
                    task -> {
                        inside.pass();
                        task.run();
                    };
            bench.engine.assumeCopies();
            DmaChannel channel =
                    bench.engine
                            .opened()
                            .requestChannel(
                                    bench.channels.request().withCallbackExecutor(interruptPath));
            // On a thread of its own: an engine may run all of it inside the doorbell.
            Party<ScenarioCopy> copying =
                    bench.parties.start(
                            "a copy",
                            () -> bench.transfers.copy(channel, result -> calls.incrementAndGet()));
            inside.awaitEntered("the engine to be inside the channel");
            Party<Boolean> closing = bench.parties.run("close()", channel::close);
            closing.awaitWaiting();
            bench.clock.aWhile();
            assertEquals(0, calls.get());
            inside.open();
            closing.result();
            ScenarioCopy copy = copying.result();
            int callsAtClose = calls.get();
            bench.memory.freed(copy.transfer(), copy.target());
            bench.clock.aWhile();
            assertEquals(callsAtClose, calls.get(), "called back after close()");
            assertEquals(0, callsAtClose, "its callback was not claimed before the close");
            assertTrue(copy.result().isWhole());
            bench.transfers.requireWorking(bench.channels.open());
        });
    }

    @Test
    @DisplayName(
            "R32 (k3-udma: free before tasklet kill; bcm2835: interrupt race, abort): closed with"
                + " the dispatcher scheduled; aborted when idle and when paused; a stale interrupt"
                + " does not end the next transfer")
    default void r32_closeAbortAndStaleInterrupt() {
        play(bench -> {
            bench.engine.modelThatStops();
            bench.faults.expect(Fault.Kind.ENGINE_CONTRACT);
            bench.engine.faults(FaultPlan.none().on(1, new SimFault.DuplicateCompletion(300_000)));
            StaleReports stale = StaleReports.on(bench);
            DmaChannel channel = bench.channels.forCopies(1);
            ScenarioCopy first = bench.transfers.copy(channel);
            bench.parties.runWithin("drain()", channel::drain);
            HeldRead next = HeldRead.open(bench, channel, result -> {});
            stale.complete(channel, first.cookie());
            bench.clock.await(
                    "the stale interrupt",
                    () -> bench.faults.count(Fault.Kind.ENGINE_CONTRACT) == 1);
            bench.clock.aWhile();
            assertTrue(next.isHeld(), "the stale interrupt ended the next transfer");
            if (bench.engine.can(Capability.PAUSE)) {
                bench.parties.runWithin("pause()", channel::pause);
            }
            channel.terminateAsync();
            next.letStop();
            bench.parties.within("synchronize() of a paused channel", channel::synchronize);
            bench.parties.within("terminateSync() when idle", channel::terminateSync);
            bench.transfers.requireWorking(channel);

            HeldExecutor dispatcher = new HeldExecutor();
            DmaChannel freed = bench.channels.forCopies(dispatcher);
            AtomicInteger calls = new AtomicInteger();
            ScenarioCopy last = bench.transfers.copy(freed, result -> calls.incrementAndGet());
            bench.transfers.outcome(last.transfer());
            bench.clock.await("the dispatcher to be scheduled", dispatcher::isScheduled);
            bench.parties.runWithin("close()", freed::close);
            dispatcher.run();
            assertEquals(0, calls.get());
            assertFalse(bench.engine.opened().channels().contains(freed));
        });
    }

    @Test
    @DisplayName(
            "E5 (Netty 17238): half-close, reset, close of the channel and close of the engine go"
                    + " through the same gate: the memory is free with the outcome, and not before")
    default void e05_allPathsThroughOneGate() {
        play(bench -> {
            bench.engine.modelThatStops();
            bench.engine.faults(
                    FaultPlan.none()
                            .on(1, new SimFault.LateCompletion(50_000))
                            .on(2, new SimFault.LateCompletion(50_000))
                            .on(3, new SimFault.LateCompletion(50_000))
                            .on(4, new SimFault.LateCompletion(50_000)));
            end(bench, held -> held.feed().end(), Outcome.COMPLETE);
            end(bench, held -> held.feed().fail(), Outcome.READ_FAILED);
            end(
                    bench,
                    held -> {
                        bench.parties.run("close()", held.channel()::close);
                        bench.clock.await("the close", () -> isStopping(held));
                        held.letStop();
                    },
                    Outcome.ABORTED);
            end(
                    bench,
                    held -> {
                        bench.parties.run("close() of the engine", bench.engine.opened()::close);
                        bench.clock.await("the close", () -> isStopping(held));
                        held.letStop();
                    },
                    Outcome.ABORTED);
        });
    }

    /** A closed channel says that before it looks at what it can do. */
    private static boolean isStopping(HeldRead held) {
        if (held.transfer().result().isPresent()) {
            return true;
        }
        try {
            held.channel().prepInterrupt();
            return false;
        } catch (PrepRefusedException lacksIt) {
            return false;
        } catch (RuntimeException closed) {
            return true;
        }
    }

    private static void end(ScenarioBench bench, Consumer<HeldRead> path, Outcome outcome) {
        DmaArena memory = DmaArena.open();
        List<Outcome> told = new ArrayList<>();
        MemorySegment target = memory.allocate(HeldRead.BYTES);
        HeldRead held =
                HeldRead.open(
                        bench, bench.channels.open(), target, result -> told.add(result.outcome()));
        held.feed(1000);
        assertFalse(ScenarioMemory.tryClose(memory), "freed in flight");
        path.accept(held);
        bench.memory.closeWhenFree(memory, held.transfer());
        TransferResult result = held.transfer().result().orElseThrow();
        if (outcome != Outcome.ABORTED || held.row().effect() == AbortEffect.AT_ONCE) {
            assertEquals(1000, result.bytes());
            assertEquals(outcome, result.outcome());
        } else {
            // It went on until it had all.
            assertEquals(HeldRead.BYTES, result.bytes());
            assertEquals(Outcome.COMPLETE, result.outcome());
        }
        if (outcome != Outcome.ABORTED) {
            bench.parties.runWithin("drain()", held.channel()::drain);
            assertEquals(List.of(outcome), told);
        } else {
            assertEquals(List.of(), told);
        }
    }

    @Test
    @DisplayName(
            "E7 (cloud-hypervisor 8408): what the engine did not take still points at the client's"
                    + " memory: it is withdrawn or retried, and never touched after the close")
    default void e07_notTakenIsWithdrawn() {
        play(bench -> {
            bench.engine.model(any -> any.withPull(2).withStop(StopModel.AT_BURST, 0));
            // Full as soon as the read has begun, and once more with the first copy of the retry.
            bench.engine.faults(
                    FaultPlan.none()
                            .on(1, new SimFault.QueueFull(1_000_000))
                            .on(2, new SimFault.QueueFull(200_000)));
            Touches touches = Touches.of(bench);
            HeldRead held = HeldRead.open(bench);
            DmaChannel channel = held.channel();
            bench.engine.assumeCopies();
            List<ScenarioCopy> behind = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                behind.add(bench.transfers.copy(channel));
            }
            assertEquals(bench.isSimulated() ? 1 : 0, touches.faults(), "the ring is not full");
            channel.terminateAsync();
            held.letStop();
            Receipt receipt = bench.parties.within("synchronize()", channel::synchronize);
            int withdrawn = 0;
            for (ScenarioCopy each : behind) {
                each.check();
                Receipt.Entry entry = receipt.entry(each.cookie()).orElseThrow();
                if (entry.proof() == Proof.NEVER_STARTED) {
                    assertEquals(Outcome.ABORTED, entry.outcome());
                    assertEquals(0, entry.bytes());
                    withdrawn++;
                }
                bench.memory.freed(each.transfer(), each.target());
            }
            assertTrue(
                    bench.isSimulated() ? withdrawn == behind.size() : withdrawn > 0,
                    withdrawn + " were withdrawn");
            bench.clock.aWhile();
            bench.memory.requireUntouched();
            // Here the controller's ring is full for a while: what it did not take is retried.
            List<ScenarioCopy> retried = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                retried.add(bench.transfers.copy(channel));
            }
            for (ScenarioCopy each : retried) {
                assertTrue(bench.transfers.outcome(each.transfer()).isWhole());
                each.check();
            }
            assertEquals(bench.isSimulated() ? 2 : 0, touches.faults(), "nothing was retried");
        });
    }

    @Test
    @DisplayName(
            "E9 (Netty, 200 ms; DPDK skeleton, 1 ms): a teardown with a time cap does not free when"
                    + " the time is over: the memory goes into quarantine until a late proof comes")
    default void e09_capEndsInQuarantine() {
        play(bench -> {
            bench.faults.expect(Fault.Kind.ENGINE_LOST, Fault.Kind.QUARANTINE_LEFT);
            bench.engine.model(any -> any.withStop(StopModel.NEVER, 0).withBandwidth(1, 512));
            HeldRead.layerStubborn(bench);
            Touches touches = Touches.of(bench);
            DmaArena memory = DmaArena.open();
            DmaChannel channel = bench.channels.open();
            Transfer transfer;
            HeldRead held = null;
            MemorySegment target = memory.allocate(64 << 10);
            // Simulated, it is copies that run away; all else does just not stop.
            if (bench.isSimulated() && bench.engine.can(Capability.MEMCPY)) {
                transfer =
                        channel.submit(channel.prepMemcpy(target, bench.memory.source(64 << 10)));
                channel.issuePending();
                bench.clock.await("the first burst", () -> touches.writtenBytes() > 0);
            } else {
                held =
                        HeldRead.stubborn(
                                bench, channel, target.asSlice(0, HeldRead.BYTES), any -> {});
                transfer = held.transfer();
            }
            StillOwned owned =
                    assertInstanceOf(
                            StillOwned.class,
                            bench.parties.within(
                                    "close(cap)", () -> channel.close(bench.clock.whileLong())));
            assertEquals(
                    List.of(transfer.cookie()),
                    owned.transfers().stream().map(OwnedTransfer::cookie).toList());
            List<Quarantine.Entry> withheld = bench.engine.opened().quarantine();
            assertEquals(1, withheld.size());
            assertEquals(transfer.cookie(), withheld.getFirst().transfer().cookie());
            long writtenAtCap = touches.writtenBytes();
            bench.clock.aWhile();
            assertFalse(ScenarioMemory.tryClose(memory), "freed at the cap");
            assertTrue(transfer.result().isEmpty(), "an outcome without a proof");
            if (held == null) {
                assertTrue(touches.writtenBytes() > writtenAtCap, "it had stopped by itself");
            } else {
                held.finish();
            }
            bench.engine.heal();
            bench.transfers.outcome(transfer);
            assertEquals(List.of(), bench.engine.opened().quarantine());
            bench.memory.freed(transfer, target);
            bench.clock.aWhile();
            bench.memory.requireUntouched();
            bench.clock.await(
                    "the proof to be told",
                    () -> bench.faults.count(Fault.Kind.QUARANTINE_LEFT) == 1);
            bench.memory.forget();
            memory.close();
            bench.parties.runWithin("close()", channel::close);
        });
    }
}
