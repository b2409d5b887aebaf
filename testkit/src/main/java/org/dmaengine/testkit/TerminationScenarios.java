package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Terminate, against hardware that stops late, and against everyone who goes on meanwhile. */
interface TerminationScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R14 (stm32-dma: pending descriptor in terminate_all; 8390318c k3-udma: terminated"
                + " transfers): after a termination every cookie leaves IN_PROGRESS, though nothing"
                + " is submitted any more")
    default void r14_cookieLeavesInProgress() {
        play(bench -> {
            leaveInProgress(bench, false);
            leaveInProgress(bench, true);
        });
    }

    private static void leaveInProgress(ScenarioBench bench, boolean sync) {
        HeldRead active = HeldRead.open(bench);
        DmaChannel channel = active.channel();
        bench.engine.assumeCopies();
        ScenarioCopy issued = bench.transfers.copy(channel);
        ScenarioCopy submitted = bench.transfers.submit(channel, ScenarioCopy.BYTES, result -> {});
        List<Transfer> all = List.of(active.transfer(), issued.transfer(), submitted.transfer());
        for (Transfer each : all) {
            assertEquals(TransferState.IN_PROGRESS, channel.state(each.cookie()));
        }
        if (sync) {
            Party<Receipt> stopping =
                    bench.parties.start("terminateSync()", channel::terminateSync);
            bench.clock.await(
                    "the termination",
                    () -> channel.state(submitted.cookie()) != TransferState.IN_PROGRESS);
            active.letStop();
            stopping.result();
        } else {
            channel.terminateAsync();
            active.letStop();
            for (Transfer each : all) {
                bench.clock.await(
                        each + " to leave IN_PROGRESS",
                        () -> channel.state(each.cookie()) != TransferState.IN_PROGRESS);
            }
        }
        for (Transfer each : all) {
            TransferState state = channel.state(each.cookie());
            assertNotEquals(TransferState.IN_PROGRESS, state, each.toString());
            assertNotEquals(TransferState.UNKNOWN, state, each.toString());
            assertTrue(each.result().isPresent());
        }
    }

    @Test
    @DisplayName(
            "R16 (dw-edma: STOP requests without callbacks, 2026): the stop is acknowledged later,"
                    + " through the completion path: no callback, and what the client frees after"
                    + " terminateSync is not used any more")
    default void r16_lateStopCallsNobody() {
        play(bench -> {
            long late = 5_000L + bench.choices().below(50_000);
            LateStop.model(bench, late);
            bench.engine.faults(FaultPlan.none().on(1, new SimFault.LateStop(late)));
            Touches touches = Touches.of(bench);
            AtomicBoolean contextFreed = new AtomicBoolean();
            AtomicInteger calls = new AtomicInteger();
            DmaChannel channel = bench.channels.open();
            LateStop stop =
                    LateStop.of(
                            bench,
                            channel,
                            result -> {
                                calls.incrementAndGet();
                                assertFalse(contextFreed.get(), "called back into freed memory");
                            });
            bench.engine.assumeCopies();
            ScenarioCopy behind =
                    bench.transfers.submit(
                            channel, ScenarioCopy.BYTES, result -> calls.incrementAndGet());
            Party<Receipt> terminated =
                    bench.parties.start(
                            "terminateSync()",
                            () -> {
                                Receipt receipt = channel.terminateSync();
                                contextFreed.set(true);
                                bench.memory.freed(stop.transfer(), stop.memory());
                                return receipt;
                            });
            bench.clock.await(
                    "the termination",
                    () -> channel.state(behind.cookie()) != TransferState.IN_PROGRESS);
            stop.acknowledge(terminated);
            Receipt.Entry entry = terminated.result().entry(stop.transfer().cookie()).orElseThrow();
            TransferResult result = stop.transfer().result().orElseThrow();
            assertEquals(result.outcome(), entry.outcome());
            assertEquals(result.bytes(), entry.bytes());
            assertEquals(
                    result.residueBytes() == 0 ? Outcome.COMPLETE : Outcome.ABORTED,
                    result.outcome());
            assertEquals(Outcome.ABORTED, behind.result().outcome());
            bench.clock.aWhile();
            bench.memory.requireUntouched();
            assertEquals(0, calls.get());
            assertTrue(stop.movedAfterAbort(touches), "the stop was not late: nothing was shown");
            bench.transfers.requireWorking(channel);
        });
    }

    @Test
    @DisplayName(
            "R18 (2a93f574 idxd: flush all pending descriptors; 4fd3c467: wait for submitted"
                    + " operations): a queue without abort: late completions notify nobody, and"
                    + " synchronize returns when the hardware is drained")
    default void r18_drainWithoutAbort() {
        play(bench -> {
            HeldRead.modelStubborn(bench);
            bench.engine.model(any -> any.withBandwidth(50, 512).withPull(4));
            bench.engine.faults(
                    FaultPlan.none()
                            .on(2, new SimFault.LateCompletion(20_000))
                            .on(3, new SimFault.LateCompletion(40_000)));
            Touches touches = Touches.of(bench);
            AtomicInteger calls = new AtomicInteger();
            DmaChannel channel = bench.channels.open();
            HeldRead held =
                    HeldRead.stubborn(
                            bench,
                            channel,
                            bench.memory.target(HeldRead.BYTES),
                            any -> calls.incrementAndGet());
            List<ScenarioCopy> behind = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                behind.add(bench.transfers.copy(channel, any -> calls.incrementAndGet()));
            }
            // What completes out of order is given nothing behind the read, which has a fence.
            boolean takesAll =
                    bench.isSimulated() && !bench.engine.can(Capability.COMPLETION_NO_ORDER);
            bench.clock.await(
                    "the hardware to have them all", () -> !takesAll || touches.running() == 4);
            bench.parties.runWithin("terminateAsync()", channel::terminateAsync);
            long before = bench.choices().below(2) * HeldRead.BYTES / 2;
            Party<Receipt> synchronize =
                    bench.parties.start(
                            "synchronize()",
                            () -> {
                                Receipt receipt = channel.synchronize();
                                bench.memory.freed(held.transfer(), held.memory());
                                assertEquals(0, touches.running(), "the hardware still runs");
                                return receipt;
                            });
            bench.clock.aWhile();
            assertFalse(synchronize.isDone(), "synchronize() did not drain the hardware");
            held.supply(before);
            held.finish();
            Receipt receipt = synchronize.result();
            assertTrue(receipt.entry(held.transfer().cookie()).isPresent());
            bench.clock.aWhile();
            bench.memory.requireUntouched();
            assertEquals(0, calls.get());
            for (ScenarioCopy each : behind) {
                each.check();
            }
            assertEquals(takesAll ? 2 : 0, touches.faults(), "no completion was late");
        });
    }

    @Test
    @DisplayName(
            "R19 (idxd: submission path on desc freeing): terminate races submit: what was refused"
                    + " is the client's alone, what was accepted gets one outcome; never both")
    default void r19_abortRacesSubmit() {
        play(bench -> {
            int rounds = bench.isSimulated() ? 12 : 500;
            Moments moments = bench.moments("REFUSED", "ABORTED", "COMPLETE");
            DmaChannel channel = bench.channels.forCopies();
            MemorySegment source = bench.memory.source(64);
            List<Transfer> accepted = new ArrayList<>();
            AtomicInteger calledForRefused = new AtomicInteger();
            Party<Boolean> submitter =
                    bench.parties.run(
                            "submitter",
                            () ->
                                    moments.rounds(
                                            rounds,
                                            () ->
                                                    submitOrRefuse(
                                                            bench,
                                                            channel,
                                                            source,
                                                            accepted,
                                                            moments,
                                                            calledForRefused)));
            List<Receipt> receipts = new ArrayList<>();
            while (!submitter.isDone()) {
                // Now and then late enough for a slow engine to have copied.
                bench.clock.passSome(bench.choices().oneIn(4) ? 40_000 : 4_000);
                receipts.add(channel.terminateSync());
            }
            submitter.result();
            receipts.add(bench.parties.within("terminateSync()", channel::terminateSync));
            Set<Long> cookies = new HashSet<>();
            for (Transfer each : accepted) {
                assertTrue(each.result().isPresent(), each + " was lost");
                cookies.add(each.cookie());
            }
            for (Receipt receipt : receipts) {
                for (Receipt.Entry entry : receipt.entries()) {
                    assertTrue(cookies.remove(entry.cookie()), "nobody's, or twice: " + entry);
                }
            }
            assertEquals(0, calledForRefused.get());
        });
    }

    private static void submitOrRefuse(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment source,
            List<Transfer> accepted,
            Moments moments,
            AtomicInteger calledForRefused) {
        DmaArena memory = DmaArena.open();
        AtomicBoolean mine = new AtomicBoolean();
        Descriptor descriptor =
                bench.transfers
                        .prepCopy(channel, memory.allocate(64), source)
                        .onComplete(result -> {
                            if (mine.get()) {
                                calledForRefused.incrementAndGet();
                            }
                        });
        bench.clock.look();
        try {
            Transfer transfer = channel.submit(descriptor);
            accepted.add(transfer);
            // Each third is the termination's alone, on engines that copy in the doorbell too.
            if (accepted.size() % 3 != 0) {
                channel.issuePending();
            }
            bench.memory.closeWhenFree(memory, transfer);
            moments.saw(transfer.result().orElseThrow().outcome().name());
        } catch (StaleDescriptorException terminated) {
            mine.set(true);
            moments.saw("REFUSED");
            // Nobody else owns it: it can be freed at once.
            memory.close();
        }
    }

    @Test
    @DisplayName(
            "R20 (e8343410 ALSA: synchronize after drop; 6a7db25a): restart without synchronize;"
                    + " synchronize a paused stream, which still resumes; close a paused stream")
    default void r20_stopRestartPauseClose() {
        play(bench -> {
            bench.engine.modelThatStops();
            HeldRead stopped = HeldRead.open(bench);
            DmaChannel channel = stopped.channel();
            bench.engine.assumeCopies();
            bench.engine.assumeCan(Capability.PAUSE);
            channel.terminateAsync();
            ScenarioCopy restarted = bench.transfers.copy(channel);
            stopped.letStop();
            assertTrue(bench.transfers.outcome(restarted.transfer()).isWhole());
            restarted.check();
            assertTrue(stopped.transfer().result().isPresent(), "new work passed the old");
            Receipt receipt = bench.parties.within("synchronize()", channel::synchronize);
            assertTrue(receipt.entry(stopped.transfer().cookie()).isPresent());
            assertTrue(receipt.entry(restarted.cookie()).isEmpty());

            HeldRead paused = HeldRead.open(bench, channel, result -> {});
            bench.parties.runWithin("pause()", channel::pause);
            bench.parties.within("synchronize()", channel::synchronize);
            assertEquals(TransferState.PAUSED, channel.state(paused.transfer().cookie()));
            channel.resume();
            paused.finish();
            assertTrue(bench.transfers.outcome(paused.transfer()).isWhole());
            paused.check();

            HeldRead closed = HeldRead.open(bench, channel, result -> {});
            bench.parties.runWithin("pause()", channel::pause);
            Party<Boolean> closing = bench.parties.run("close()", channel::close);
            bench.clock.await(
                    "the close to begin",
                    () ->
                            closing.isDone()
                                    || channel.state(closed.transfer().cookie())
                                            != TransferState.PAUSED);
            closed.letStop();
            closing.result();
            assertEquals(Outcome.ABORTED, closed.transfer().result().orElseThrow().outcome());
        });
    }
}
