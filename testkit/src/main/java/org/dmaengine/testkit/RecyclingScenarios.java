package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.Fault;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.TransferStatus;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimFault;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Descriptors, their places in the queue and their memory are used again, and not too early. */
interface RecyclingScenarios extends ScenarioPart {
    @Test
    @DisplayName(
            "R5 (virt-dma: missing locking around list operations): reusable descriptors go back to"
                    + " the pool while other threads prep and submit; none is lost or mixed up")
    default void r05_reusableAgainstPrep() {
        play(bench -> {
            int rounds = bench.isSimulated() ? 10 : 400;
            int clients = 3;
            // They wait for outcomes only: the callbacks of all may be outstanding (R9).
            DmaChannel channel = bench.channels.forCopies(clients * rounds);
            List<Party<Boolean>> parties = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                boolean reuses = i < 2;
                MemorySegment source = bench.memory.arena().allocate(64);
                MemorySegment target = bench.memory.arena().allocate(64);
                parties.add(
                        bench.parties.run(
                                "client " + i,
                                () -> client(bench, channel, source, target, reuses, rounds)));
            }
            parties.forEach(Party::result);
            bench.parties.within("terminateSync()", channel::terminateSync);
            TransferStatus status = channel.status(1);
            assertEquals((long) clients * rounds, status.usedCookie());
            assertEquals(status.usedCookie(), status.completedCookie());
        });
    }

    private static void client(
            ScenarioBench bench,
            DmaChannel channel,
            MemorySegment source,
            MemorySegment target,
            boolean reuses,
            int rounds) {
        AtomicReference<TransferResult> told = new AtomicReference<>();
        Descriptor reused =
                bench.transfers
                        .prepCopy(channel, target, source, Flag.INTERRUPT, Flag.ACK, Flag.REUSE)
                        .onComplete(told::set);
        for (int round = 1; round <= rounds; round++) {
            bench.transfers.refill(source, (byte) round);
            Descriptor descriptor =
                    reuses ? reused : bench.transfers.prepCopy(channel, target, source);
            Transfer transfer = channel.submit(descriptor);
            channel.issuePending();
            TransferResult result = transfer.await();
            assertEquals(transfer.cookie(), result.cookie());
            assertTrue(result.isWhole(), result.toString());
            assertEquals(-1, target.mismatch(source), "the bytes of round " + round);
            TransferResult last = told.get();
            assertTrue(last == null || last.cookie() <= transfer.cookie(), "a later run's result");
        }
    }

    @Test
    @DisplayName(
            "R6 (imx-sdma: memory leak, 2019): terminated while the descriptor is on the engine and"
                    + " in no list, 100,000 times (20,000 in real time): nothing leaks")
    default void r06_noLeakOfActiveDescriptors() {
        AtomicInteger played = new AtomicInteger();
        play(bench -> {
            // All of them on one channel; the other rounds are there for the order of the threads.
            boolean isLong = played.getAndIncrement() == 0;
            int cycles =
                    !isLong ? 100 : bench.isSimulated() && bench.isInTable() ? 100_000 : 20_000;
            bench.engine.modelThatStops();
            List<WeakReference<Transfer>> handles = terminateActive(bench, cycles);
            if (isLong) {
                assertEquals(0, alive(handles), "handles that something still holds");
            }
        });
    }

    private static List<WeakReference<Transfer>> terminateActive(ScenarioBench bench, int cycles) {
        int depth = 4;
        DmaChannel channel = bench.channels.forStreams(depth);
        ByteFeed feed = bench.feed();
        PeripheralConfig config = PeripheralConfig.read(feed.peripheral());
        DmaArena memory = DmaArena.open();
        List<MemorySegment> target = List.of(memory.allocate(64));
        List<WeakReference<Transfer>> handles = new ArrayList<>();
        for (int i = 0; i < cycles; i++) {
            Transfer transfer = channel.submit(channel.prepPeripheralSg(config, target));
            handles.add(new WeakReference<>(transfer));
            channel.issuePending();
            bench.clock.await(
                    transfer + " to be active",
                    () -> channel.status(transfer.cookie()).inFlightBytes() > 0);
            Receipt receipt = channel.terminateSync();
            assertEquals(1, receipt.entries().size());
            assertEquals(0, receipt.omitted());
        }
        TransferStatus status = channel.status(cycles);
        assertEquals(cycles, status.usedCookie());
        assertEquals(cycles, status.completedCookie());
        memory.close();
        for (int i = 0; i < depth; i++) {
            bench.transfers.requireWorking(channel);
        }
        channel.close();
        assertEquals(List.of(), bench.engine.opened().channels());
        return handles;
    }

    private static long alive(List<WeakReference<Transfer>> handles) {
        long alive = handles.size();
        for (int i = 0; i < 20 && alive > 0; i++) {
            System.gc();
            alive = handles.stream().filter(each -> !each.refersTo(null)).count();
        }
        return alive;
    }

    @Test
    @DisplayName(
            "R8 (tegra-apb: use after free, 2020): terminate finds nothing pending, and yet one"
                + " completed descriptor waits for its callback: it is accounted for, not recycled"
                + " half-way")
    default void r08_terminateWithOnlyUndeliveredCallback() {
        play(bench -> {
            HeldExecutor dispatcher = new HeldExecutor();
            DmaChannel channel = bench.channels.forCopies(dispatcher);
            List<Long> called = new CopyOnWriteArrayList<>();
            MemorySegment source = bench.memory.source(ScenarioCopy.BYTES);
            MemorySegment target = bench.memory.target(ScenarioCopy.BYTES);
            Descriptor descriptor =
                    bench.transfers
                            .prepCopy(channel, target, source, Flag.INTERRUPT, Flag.ACK, Flag.REUSE)
                            .onComplete(result -> called.add(result.cookie()));
            Transfer first = channel.submit(descriptor);
            channel.issuePending();
            bench.transfers.outcome(first);
            bench.clock.await("the dispatcher to be scheduled", dispatcher::isScheduled);
            Receipt receipt = bench.parties.within("terminateSync()", channel::terminateSync);
            assertEquals(1, receipt.entries().size());
            assertEquals(Outcome.COMPLETE, receipt.entries().getFirst().outcome());
            assertFalse(receipt.entries().getFirst().callbackRan());
            Transfer second = channel.submit(descriptor.rearm());
            assertNotEquals(first.cookie(), second.cookie());
            channel.issuePending();
            bench.transfers.outcome(second);
            bench.clock.await(
                    "the callback of the second run",
                    () -> {
                        dispatcher.run();
                        return !called.isEmpty();
                    });
            dispatcher.run();
            assertEquals(List.of(second.cookie()), called);
            assertEquals(TransferState.COMPLETE, channel.state(first.cookie()));
        });
    }

    @Test
    @DisplayName(
            "R9 (tegra-apb: tasklet vs free list): a new prep gets no descriptor whose callback has"
                    + " not been dispatched: it finds the queue full, and later each callback fires"
                    + " once, with its own cookie")
    default void r09_undispatchedIsNotHandedOut() {
        play(bench -> {
            int depth = 3;
            HeldExecutor dispatcher = new HeldExecutor();
            bench.engine.assumeCopies();
            DmaChannel channel =
                    bench.engine
                            .opened()
                            .requestChannel(
                                    bench.channels
                                            .request()
                                            .withCallbackExecutor(dispatcher)
                                            .withDepth(depth));
            List<Long> submitted = new ArrayList<>();
            List<Long> called = new CopyOnWriteArrayList<>();
            MemorySegment source = bench.memory.source(64);
            MemorySegment target = bench.memory.target(64);
            Descriptor reused =
                    bench.transfers
                            .prepCopy(channel, target, source, Flag.INTERRUPT, Flag.ACK, Flag.REUSE)
                            .onComplete(result -> called.add(result.cookie()));
            for (int i = 0; i < 2 * depth; i++) {
                // A reusable one may run again as soon as it has an outcome.
                Descriptor descriptor =
                        i < 2
                                ? reused
                                : bench.transfers
                                        .prepCopy(channel, target, source)
                                        .onComplete(result -> called.add(result.cookie()));
                long cookie = channel.trySubmit(descriptor);
                if (cookie == 0) {
                    continue;
                }
                submitted.add(cookie);
                channel.issuePending();
                bench.clock.await(
                        "cookie " + cookie + " to complete",
                        () -> channel.state(cookie) == TransferState.COMPLETE);
            }
            assertEquals(depth, submitted.size(), "places of undispatched transfers");
            bench.clock.await(
                    "all callbacks",
                    () -> {
                        dispatcher.run();
                        return called.size() >= depth;
                    });
            dispatcher.run();
            assertEquals(submitted, called);
            // The dispatcher is held: without a callback.
            assertNotEquals(
                    0,
                    channel.trySubmit(bench.transfers.prepCopy(channel, target, source, Flag.ACK)));
        });
    }

    @Test
    @DisplayName(
            "R25 (43452fad Freescale: descriptor release and async_tx): a descriptor that nobody"
                + " acknowledged is not recycled by another thread's clean-up; it is when it was"
                + " acknowledged")
    default void r25_unacknowledgedIsKept() {
        play(bench -> {
            int depth = 4;
            DmaChannel channel = bench.channels.forCopies(depth);
            ScenarioCopy kept =
                    bench.transfers.submit(channel, ScenarioCopy.BYTES, any -> {}, Flag.INTERRUPT);
            channel.issuePending();
            bench.transfers.outcome(kept.transfer());
            AtomicInteger fitted = new AtomicInteger();
            MemorySegment source = bench.memory.source(64);
            MemorySegment target = bench.memory.target(64);
            bench.parties.runWithin(
                    "the clean-up of others",
                    () -> {
                        for (int i = 0; i < 3 * depth; i++) {
                            long cookie =
                                    channel.trySubmit(
                                            bench.transfers.prepCopy(
                                                    channel, target, source, Flag.ACK));
                            channel.issuePending();
                            fitted.addAndGet(cookie == 0 ? 0 : 1);
                            bench.clock.passSome(5_000);
                        }
                        channel.drain();
                    });
            assertTrue(fitted.get() < depth, "its place was recycled: " + fitted + " others fit");
            assertEquals(TransferState.COMPLETE, channel.status(kept.cookie()).state());
            // What depends on it may be submitted now, and finds it complete.
            kept.check();
            bench.parties.runWithin("acknowledge()", () -> kept.transfer().acknowledge());
            for (int i = 0; i < 2 * depth; i++) {
                bench.transfers.requireWorking(channel);
            }
        });
    }

    @Test
    @DisplayName(
            "E8 (NIXL 2027): a completion of an old generation arrives after its place was given to"
                    + " somebody else: it is reported, and does not hit the new owner")
    default void e08_oldCompletionHitsNobody() {
        play(bench -> {
            bench.faults.expect(Fault.Kind.ENGINE_CONTRACT);
            bench.engine.faults(FaultPlan.none().on(2, new SimFault.OldCompletion()));
            StaleReports stale = StaleReports.on(bench);
            DmaChannel channel = bench.channels.forCopies(1);
            ScenarioCopy old = bench.transfers.copy(channel);
            bench.transfers.outcome(old.transfer());
            bench.parties.within("terminateSync()", channel::terminateSync);
            AtomicInteger calls = new AtomicInteger();
            HeldRead held = HeldRead.open(bench, channel, result -> calls.incrementAndGet());
            stale.complete(channel, old.cookie());
            bench.clock.aWhile();
            assertTrue(held.isHeld(), "the new owner was ended by an old completion");
            assertEquals(0, calls.get());
            held.finish();
            assertTrue(bench.transfers.outcome(held.transfer()).isWhole());
            held.check();
            bench.parties.runWithin("drain()", channel::drain);
            assertEquals(1, calls.get());
            assertTrue(old.result().isWhole());
            assertTrue(bench.faults.count(Fault.Kind.ENGINE_CONTRACT) > 0, "nobody was told");
        });
    }

    @Test
    @DisplayName(
            "E10 (SPDK: status words): what the engine writes about a transfer - its progress, here"
                    + " - lives until the last touch: the place is not reused before, and its next"
                    + " owner sees nothing of it")
    default void e10_statusLivesUntilLastTouch() {
        play(bench -> {
            HeldRead.modelStubborn(bench);
            int depth = 2;
            DmaChannel channel = bench.channels.forCopies(depth);
            HeldRead held =
                    HeldRead.stubborn(
                            bench, channel, bench.memory.target(HeldRead.BYTES), any -> {});
            Transfer transfer = held.transfer();
            channel.terminateAsync();
            MemorySegment source = bench.memory.source(64);
            MemorySegment target = bench.memory.target(64);
            List<Long> waiting = new ArrayList<>();
            for (int i = 0; i < 3 * depth; i++) {
                long cookie =
                        channel.trySubmit(
                                bench.transfers.prepCopy(channel, target, source, Flag.ACK));
                if (cookie != 0) {
                    waiting.add(cookie);
                }
            }
            assertEquals(depth - 1, waiting.size(), "the place was reused before the last touch");
            channel.issuePending();
            bench.clock.aWhile();
            assertEquals(TransferState.IN_PROGRESS, channel.state(transfer.cookie()));
            held.finish();
            TransferResult result = bench.transfers.outcome(transfer);
            assertEquals(result.residueBytes(), channel.status(transfer.cookie()).residueBytes());
            bench.parties.runWithin("drain()", channel::drain);
            HeldRead next =
                    HeldRead.submitted(
                            bench, channel, bench.memory.target(HeldRead.BYTES), any -> {});
            assertEquals(HeldRead.BYTES, channel.status(next.transfer().cookie()).residueBytes());
            assertEquals(0, channel.status(next.transfer().cookie()).inFlightBytes());
        });
    }
}
