package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.TransferResult;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.dmaengine.engine.sim.StopModel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A cancel is a wish; the target's own end is the proof, and says what became of it. */
interface CancellationScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "E1 (io_uring on Linux 6.18): the cancel returns at once and the buffers are still"
                    + " written: no outcome and no receipt before the target's own completion")
    default void e01_cancelIsNoProof() {
        play(bench -> {
            LateStop.model(bench, 20_000);
            Touches touches = Touches.of(bench);
            List<LateStop> inFlight = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                inFlight.add(LateStop.of(bench, bench.channels.open(), result -> {}));
            }
            for (LateStop each : inFlight) {
                bench.parties.runWithin("terminateAsync()", each.channel()::terminateAsync);
                assertTrue(each.transfer().result().isEmpty(), "the cancel was taken for the end");
            }
            for (LateStop each : inFlight) {
                Party<Receipt> synchronize =
                        bench.parties.start(
                                "synchronize()",
                                () -> {
                                    Receipt receipt = each.channel().synchronize();
                                    bench.memory.freed(each.transfer(), each.memory());
                                    return receipt;
                                });
                each.acknowledge(synchronize);
                Receipt receipt = synchronize.result();
                Receipt.Entry entry = receipt.entry(each.transfer().cookie()).orElseThrow();
                assertEquals(bench.engine.declared(entry.kind()).proof(), entry.proof());
                assertTrue(each.movedAfterAbort(touches), "nothing was written after the cancel");
            }
            assertEquals(0, touches.running());
            bench.clock.aWhile();
            bench.memory.requireUntouched();
        });
    }

    @Test
    @DisplayName(
            "E2 (PanamaUring 55, liburing 733): a cancel races the completion: exactly one end, and"
                    + " it is the target's")
    default void e02_cancelRacesCompletion() {
        play(bench -> {
            boolean halfWay = bench.engine.modelThatStopsHalfWay(bench.choices());
            List<String> awaited = new ArrayList<>();
            if (halfWay || !bench.isSimulated()) {
                awaited.addAll(List.of("COMPLETE", "ABORTED"));
            }
            if (halfWay) {
                awaited.add("half-way");
            }
            Moments moments = bench.moments(awaited.toArray(String[]::new));
            bench.engine.assumeCopies();
            int rounds = bench.isSimulated() ? 6 : 100;
            long length = bench.isSimulated() ? 8 << 10 : 512 << 10;
            AtomicBoolean begun = new AtomicBoolean();
            DmaChannel channel = bench.channels.open();
            moments.rounds(
                    rounds,
                    () -> {
                        if (!moments.areLate() || bench.isSimulated()) {
                            cancelCopy(bench, channel, length, false, moments);
                        } else {
                            begun.set(!begun.get());
                            cancelCopy(bench, channel, 8 << 20, begun.get(), moments);
                        }
                    });
        });
    }

    private static void cancelCopy(
            ScenarioBench bench, DmaChannel channel, long length, boolean begun, Moments moments) {
        AtomicInteger calls = new AtomicInteger();
        List<TransferResult> told = new CopyOnWriteArrayList<>();
        ScenarioCopy copy =
                bench.transfers.copy(channel, length, result -> calls.incrementAndGet());
        CompletableFuture<Void> heard = copy.transfer().toFuture().thenAccept(told::add);
        if (begun) {
            bench.transfers.awaitBegun(channel, copy);
        } else {
            bench.clock.passSome(bench.isSimulated() ? 20_000 : 200_000);
        }
        Receipt receipt = bench.parties.within("terminateSync()", channel::terminateSync);
        TransferResult result = copy.result();
        moments.saw(result.outcome().name());
        if (result.bytes() > 0 && result.residueBytes() > 0) {
            moments.saw("half-way");
        }
        assertEquals(length, result.bytes() + result.residueBytes());
        assertEquals(result.outcome() == Outcome.COMPLETE, result.residueBytes() == 0);
        copy.check();
        long listed =
                receipt.entries().stream()
                        .filter(entry -> entry.cookie() == copy.cookie())
                        .filter(entry -> entry.outcome() == result.outcome())
                        .filter(entry -> entry.bytes() == result.bytes())
                        .count();
        assertEquals(receipt.entries().size(), listed);
        assertTrue(listed <= 1);
        assertTrue(calls.get() <= (result.outcome() == Outcome.COMPLETE ? 1 : 0));
        bench.clock.await("the future", heard::isDone);
        assertEquals(List.of(result), told);
    }

    @Test
    @DisplayName(
            "E6 (tokio 7983, liburing 1422): what was cancelled had in truth succeeded: its bytes"
                    + " are reported and not lost")
    default void e06_cancelledHadSucceeded() {
        play(bench -> {
            // Either its completion entry is late, or the stop finds it near its end.
            boolean lateEntry = bench.choices().oneIn(2);
            bench.engine.model(any ->
                    any.withStop(lateEntry ? StopModel.AT_ONCE : StopModel.DRAIN_ONLY, 0)
                            .withBandwidth(10, 512));
            HeldRead.layerStubborn(bench);
            bench.engine.faults(
                    FaultPlan.none().on(1, new SimFault.LateCompletion(lateEntry ? 500_000 : 0)));
            AtomicInteger calls = new AtomicInteger();
            DmaChannel channel = bench.channels.open();
            if (bench.isSimulated()) {
                ScenarioCopy copy =
                        bench.transfers.copy(channel, result -> calls.incrementAndGet());
                long last = ScenarioCopy.BYTES - 1;
                if (lateEntry) {
                    bench.clock.await(
                            "the last byte",
                            () ->
                                    copy.target().get(java.lang.foreign.ValueLayout.JAVA_BYTE, last)
                                            == DmaPattern.copied(last));
                } else {
                    bench.clock.await(
                            "the engine to begin",
                            () -> channel.status(copy.cookie()).inFlightBytes() > 0);
                }
                boolean ended = copy.transfer().result().isPresent();
                Receipt receipt = bench.parties.within("terminateSync()", channel::terminateSync);
                assertFalse(ended);
                Receipt.Entry entry = receipt.entry(copy.cookie()).orElseThrow();
                assertEquals(Outcome.COMPLETE, entry.outcome());
                assertEquals(ScenarioCopy.BYTES, entry.bytes());
                assertTrue(copy.result().isWhole());
                copy.check();
            } else {
                HeldRead held =
                        HeldRead.stubborn(
                                bench,
                                channel,
                                bench.memory.target(HeldRead.BYTES),
                                result -> calls.incrementAndGet());
                channel.terminateAsync();
                held.finish();
                Receipt receipt = bench.parties.within("synchronize()", channel::synchronize);
                Receipt.Entry entry = receipt.entry(held.transfer().cookie()).orElseThrow();
                assertEquals(HeldRead.BYTES, entry.bytes());
                held.check();
            }
            assertEquals(0, calls.get());
        });
    }

    @Test
    @DisplayName(
            "E11 (UCX 1162, 9584): the engine's cancel does nothing for this operation: it is"
                    + " drained, and the honesty table says so")
    default void e11_cancelDoesNothing() {
        play(bench -> {
            HeldRead.modelStubborn(bench);
            DmaChannel channel = bench.channels.open();
            AtomicInteger calls = new AtomicInteger();
            HeldRead held =
                    HeldRead.stubborn(
                            bench,
                            channel,
                            bench.memory.target(HeldRead.BYTES),
                            result -> calls.incrementAndGet());
            assertEquals(AbortEffect.DRAIN_ONLY, held.row().effect());
            channel.terminateAsync();
            assertFalse(channel.synchronize(bench.clock.whileLong()).isQuiesced());
            assertTrue(held.isHeld(), "it was stopped, though the table says DRAIN_ONLY");
            held.finish();
            Receipt receipt = bench.parties.within("synchronize()", channel::synchronize);
            Receipt.Entry entry = receipt.entry(held.transfer().cookie()).orElseThrow();
            assertEquals(held.row().proof(), entry.proof());
            assertEquals(HeldRead.BYTES, entry.bytes());
            held.check();
            assertEquals(0, calls.get());
        });
    }
}
