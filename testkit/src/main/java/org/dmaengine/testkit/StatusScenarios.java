package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.TransferStatus;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/** What is asked and what is held: status, residue, issue, pause. */
interface StatusScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R13 (at_hdmac: chan's completed_cookie): many threads poll the status while transfers"
                    + " complete: it only goes forward, and never runs ahead of the data")
    default void r13_statusNeverAheadOfData() {
        play(bench -> {
            int copies = bench.isSimulated() ? 12 : 300;
            DmaChannel channel = bench.channels.forCopies();
            MemorySegment source = bench.memory.source(256);
            List<MemorySegment> targets = new ArrayList<>();
            for (int i = 0; i < copies; i++) {
                targets.add(bench.memory.arena().allocate(256));
            }
            AtomicBoolean over = new AtomicBoolean();
            Set<String> began = ConcurrentHashMap.newKeySet();
            Set<String> sawSome = ConcurrentHashMap.newKeySet();
            List<Party<Boolean>> pollers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String name = "poller " + i;
                IntConsumer looked =
                        completed -> {
                            began.add(name);
                            if (completed > 0 && completed < copies) {
                                sawSome.add(name);
                            }
                        };
                pollers.add(
                        bench.parties.run(
                                name, () -> poll(bench, channel, source, targets, looked, over)));
            }
            bench.clock.await("all to poll", () -> began.size() == pollers.size());
            List<Transfer> all = new ArrayList<>();
            for (MemorySegment target : targets) {
                if (all.size() == copies - 2) {
                    bench.clock.await(
                            "all to see some complete", () -> sawSome.size() == pollers.size());
                }
                all.add(channel.submit(bench.transfers.prepCopy(channel, target, source)));
                channel.issuePending();
                bench.clock.passSome(1_000);
            }
            bench.parties.runWithin("drain()", channel::drain);
            over.set(true);
            pollers.forEach(Party::result);
            all.forEach(each -> assertTrue(each.result().orElseThrow().isWhole()));
        });
    }

    /** Cookies count from 1, so that a cookie tells its target. */
    private static void poll(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment source,
            List<MemorySegment> targets,
            IntConsumer looked,
            AtomicBoolean over) {
        long completed = 0;
        boolean last;
        do {
            last = over.get();
            long used = channel.status(1).usedCookie();
            TransferStatus status = channel.status(Math.max(1, used));
            assertTrue(status.completedCookie() >= completed, "completed cookies went back");
            assertTrue(status.completedCookie() <= status.usedCookie());
            for (long cookie = completed + 1; cookie <= status.completedCookie(); cookie++) {
                assertEquals(TransferState.COMPLETE, channel.state(cookie));
                MemorySegment target = targets.get((int) cookie - 1);
                assertEquals(-1, target.mismatch(source), "complete before its data: " + cookie);
            }
            completed = status.completedCookie();
            looked.accept((int) completed);
            bench.clock.look();
        } while (!last);
        assertEquals(targets.size(), completed);
    }

    @Test
    @DisplayName(
            "R15 (k3-udma: channel direction in pause/resume): pause, resume and status on an idle"
                    + " channel and after a termination: a clear answer or error, and no crash")
    default void r15_pauseWithoutDescriptor() {
        play(bench -> {
            DmaChannel channel = bench.channels.forCopies();
            assertEquals(TransferState.UNKNOWN, channel.status(1).state());
            assertEquals(TransferState.UNKNOWN, channel.status(0).state());
            pauseIdle(bench, channel);
            ScenarioCopy terminated =
                    bench.transfers.submit(channel, ScenarioCopy.BYTES, result -> {});
            bench.parties.within("terminateSync()", channel::terminateSync);
            assertEquals(TransferState.ABORTED, channel.state(terminated.cookie()));
            assertEquals(ScenarioCopy.BYTES, channel.status(terminated.cookie()).residueBytes());
            pauseIdle(bench, channel);
            bench.transfers.requireWorking(channel);
            if (bench.engine.can(Capability.PAUSE)) {
                bench.parties.runWithin("pause()", channel::pause);
                bench.parties.within("terminateSync() when paused", channel::terminateSync);
                assertThrows(IllegalStateException.class, channel::resume);
            }
            bench.transfers.requireWorking(channel);
        });
    }

    private static void pauseIdle(ScenarioBench bench, DmaChannel channel) {
        if (!bench.engine.can(Capability.PAUSE)) {
            assertThrows(UnsupportedOperationException.class, channel::pause);
            assertThrows(UnsupportedOperationException.class, channel::resume);
            return;
        }
        assertThrows(IllegalStateException.class, channel::resume);
        bench.parties.runWithin("pause() when idle", channel::pause);
        channel.status(1);
        channel.resume();
        assertThrows(IllegalStateException.class, channel::resume);
    }

    @Test
    @DisplayName(
            "R24 (04abf5da pl330: submitted and issued descriptors): T2 is submitted while T1 runs,"
                    + " and not issued: it does not start when T1 ends")
    default void r24_submittedIsNotIssued() {
        play(bench -> {
            HeldRead first = HeldRead.open(bench);
            DmaChannel channel = first.channel();
            bench.engine.assumeCopies();
            ScenarioCopy second = bench.transfers.submit(channel, ScenarioCopy.BYTES, result -> {});
            first.finish();
            assertTrue(bench.transfers.outcome(first.transfer()).isWhole());
            bench.clock.aWhile();
            TransferStatus status = channel.status(second.cookie());
            assertEquals(TransferState.IN_PROGRESS, status.state());
            assertEquals(0, status.inFlightBytes());
            assertEquals(ScenarioCopy.BYTES, status.residueBytes());
            DmaPattern.checkCopied("not issued", second.target(), 0);
            channel.issuePending();
            assertTrue(bench.transfers.outcome(second.transfer()).isWhole());
            second.check();
        });
    }

    @Test
    @DisplayName(
            "R27 (usb-dmac, renesas_usbhs: set tx_result): a short transfer: the callback's result"
                    + " has the exact residue, and the status after completion says the same")
    default void r27_exactResidueOfShortTransfer() {
        play(bench -> {
            int shortBytes = 1 + bench.choices().below((int) HeldRead.BYTES - 1);
            bench.engine.faults(FaultPlan.none().on(2, new SimFault.Partial(shortBytes)));
            List<TransferResult> told = new ArrayList<>();
            HeldRead held = HeldRead.open(bench, bench.channels.open(), told::add);
            DmaChannel channel = held.channel();
            held.supply(shortBytes);
            held.feed().end();
            TransferResult result = bench.transfers.outcome(held.transfer());
            bench.parties.runWithin("drain()", channel::drain);
            requireShort(result, HeldRead.BYTES, shortBytes);
            assertEquals(List.of(result), told);
            held.check();
            if (bench.isSimulated()) {
                ScenarioCopy copy = bench.transfers.copy(channel, told::add);
                requireShort(
                        bench.transfers.outcome(copy.transfer()), ScenarioCopy.BYTES, shortBytes);
                copy.check();
                bench.parties.runWithin("drain()", channel::drain);
                assertEquals(copy.result(), told.getLast());
            }
            for (int i = 0; i < 3; i++) {
                bench.transfers.requireWorking(channel);
                TransferStatus status = channel.status(held.transfer().cookie());
                assertEquals(TransferState.COMPLETE, status.state());
                assertEquals(result.residueBytes(), status.residueBytes());
                assertEquals(0, status.inFlightBytes());
            }
        });
    }

    private static void requireShort(TransferResult result, long length, long bytes) {
        assertEquals(Outcome.COMPLETE, result.outcome());
        assertEquals(bytes, result.bytes());
        assertEquals(length - bytes, result.residueBytes());
        assertFalse(result.isWhole());
    }

    @Test
    @DisplayName(
            "R28 (0b23a1ec idma64; xilinx_dma: residue for cyclic, 2026): the residue before the"
                    + " start, in the first piece, in the middle and where the ring wraps is never"
                    + " negative, never more than the length, and never grows")
    default void r28_residueStaysInBounds() {
        play(bench -> {
            bench.engine.modelThatStops();
            DmaChannel channel = bench.channels.open();
            HeldRead held =
                    HeldRead.submitted(
                            bench, channel, bench.memory.target(HeldRead.BYTES), any -> {});
            long cookie = held.transfer().cookie();
            assertEquals(HeldRead.BYTES, channel.status(cookie).residueBytes());
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong seen = new AtomicLong(-1);
            Party<Boolean> poller =
                    bench.parties.run(
                            "poller",
                            () -> {
                                long before = HeldRead.BYTES;
                                while (!over.get()) {
                                    long residue = channel.status(cookie).residueBytes();
                                    assertTrue(residue >= 0 && residue <= before, "" + residue);
                                    before = residue;
                                    seen.set(residue);
                                    bench.clock.look();
                                }
                            });
            bench.clock.await("a look before the start", () -> seen.get() == HeldRead.BYTES);
            channel.issuePending();
            long supplied = 0;
            for (long bytes : new long[] {1, 100, 1000, 2000}) {
                held.supply(bytes);
                supplied += bytes;
                long left = HeldRead.BYTES - supplied;
                if (bench.engine.description().residueGranularity() == ResidueGranularity.BURST) {
                    bench.clock.await(
                            "a look with " + left + " bytes left",
                            () -> poller.isDone() || seen.get() == left);
                }
            }
            held.finish();
            assertTrue(bench.transfers.outcome(held.transfer()).isWhole());
            over.set(true);
            poller.result();
            assertEquals(0, channel.status(cookie).residueBytes());

            DmaChannel cyclic = bench.channels.forCyclic();
            ByteFeed feed = bench.feed();
            MemorySegment ring = bench.memory.target(3000);
            AtomicInteger periods = new AtomicInteger();
            Transfer endless =
                    bench.transfers.cyclic(
                            cyclic,
                            feed,
                            config -> config,
                            ring,
                            1000,
                            event -> periods.incrementAndGet());
            for (int period = 1; period <= 7; period++) {
                feed.supply(1000);
                int until = period;
                bench.clock.await(
                        "period " + period,
                        () -> {
                            long residue = cyclic.status(endless.cookie()).residueBytes();
                            assertTrue(residue >= 0 && residue <= 3000, "" + residue);
                            return periods.get() >= until;
                        });
            }
            cyclic.terminateAsync();
            feed.supply(1000);
            bench.parties.within("synchronize()", cyclic::synchronize);
            TransferResult result = endless.result().orElseThrow();
            assertTrue(result.bytes() >= 7000 && result.bytes() <= 8000, result.toString());
            assertTrue(
                    result.residueBytes() >= 0 && result.residueBytes() <= 3000, result.toString());
            assertEquals(result.residueBytes(), cyclic.status(endless.cookie()).residueBytes());
        });
    }

    @Test
    @DisplayName(
            "R33 (stm32-dma: race between pause and resume): pause, completion and resume"
                    + " interleave: no restart is lost and none happens twice")
    default void r33_pauseRacesCompletion() {
        play(bench -> {
            Touches touches = Touches.of(bench);
            int copies = bench.isSimulated() ? 12 : 300;
            Moments moments = bench.moments("a copy is held by a pause");
            DmaChannel channel = bench.channels.forCopies(Capability.PAUSE);
            AtomicInteger calls = new AtomicInteger();
            AtomicInteger pauses = new AtomicInteger();
            Deque<Transfer> issued = new ConcurrentLinkedDeque<>();
            AtomicBoolean over = new AtomicBoolean();
            AutoCloseable stopper = () -> over.set(true);
            bench.closing(stopper);
            Party<Boolean> holder =
                    bench.parties.run(
                            "holder",
                            () -> {
                                while (!over.get()) {
                                    channel.pause();
                                    pauses.incrementAndGet();
                                    bench.clock.passSome(3_000);
                                    Transfer last = issued.peekLast();
                                    if (last != null && last.result().isEmpty()) {
                                        moments.saw("a copy is held by a pause");
                                    }
                                    channel.resume();
                                    bench.clock.passSome(6_000);
                                }
                            });
            MemorySegment source = bench.memory.source(2048);
            List<MemorySegment> targets = new ArrayList<>();
            for (int i = 0; i < copies; i++) {
                targets.add(bench.memory.arena().allocate(2048));
            }
            AtomicInteger total = new AtomicInteger();
            bench.clock.await("the first pause", () -> pauses.get() > 0);
            moments.rounds(
                    1,
                    () -> {
                        issued.clear();
                        for (MemorySegment target : targets) {
                            target.fill((byte) 0);
                            Transfer transfer =
                                    channel.submit(
                                            bench.transfers
                                                    .prepCopy(
                                                            channel,
                                                            target,
                                                            source,
                                                            Flag.INTERRUPT,
                                                            Flag.ACK)
                                                    .onComplete(result -> calls.incrementAndGet()));
                            channel.issuePending();
                            issued.add(transfer);
                            bench.clock.passSome(2_000);
                        }
                        for (Transfer each : issued) {
                            assertTrue(
                                    bench.transfers.outcome(each).isWhole(), "a restart was lost");
                        }
                        targets.forEach(target -> assertEquals(-1, target.mismatch(source)));
                        total.addAndGet(copies);
                        // A transfer keeps its place in the queue until its callback is told.
                        bench.clock.await("all callbacks", () -> calls.get() >= total.get());
                    });
            over.set(true);
            holder.result();
            bench.parties.runWithin("drain()", channel::drain);
            assertEquals(total.get(), calls.get());
            assertTrue(touches.eachTakenOnce());
            assertEquals(bench.isSimulated() ? total.get() * 2048L : 0, touches.writtenBytes());
        });
    }
}
