package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.DmaChannel;
import org.dmaengine.OwnedTransfer;
import org.dmaengine.Quiesced;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** The waits: C6, C7, C8 and C11. */
interface SynchronizeContract extends ContractPart {
    @Test
    @DisplayName("C6: synchronize without a termination does not wait for running transfers")
    default void shouldNotWaitForRunningTransfers() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        bench.waits().within("synchronize() on a busy channel", held.channel()::synchronize);
        held.assumeStillHeld();
        held.release();
        assertTrue(bench.outcome(held.transfer()).isWhole(), "synchronize() disturbed it");
    }

    @Test
    @DisplayName("C6: synchronize without a termination waits for callbacks of what has completed")
    default void shouldFlushCallbacks() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        AtomicBoolean second = new AtomicBoolean();
        MemorySegment source = bench.source(4096);
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), source)
                        .onComplete(blocked::onComplete));
        Transfer behind =
                channel.submit(
                        bench.prepCopy(channel, bench.target(4096), source)
                                .onComplete(result -> second.set(true)));
        channel.issuePending();
        blocked.awaitRunning(bench);
        bench.outcome(behind);
        StillOwned owned =
                assertInstanceOf(StillOwned.class, channel.synchronize(TestBench.shortWhile()));
        assertEquals(1, owned.callback().orElseThrow().cookie());
        BoundedWaits.Running<Receipt> flush =
                bench.waits().start("synchronize()", channel::synchronize);
        blocked.close();
        flush.result();
        assertTrue(second.get(), "flushed before the second callback had run");
    }

    @Test
    @DisplayName("C6: synchronize waits for the closed generations and not for newer work")
    default void shouldNotWaitForNewerWork() {
        TestBench bench = bench();
        HeldTransfer old = HeldTransfer.open(bench);
        DmaChannel channel = old.channel();
        channel.terminateAsync();
        assumeTrue(old.isControlled(), "needs a pipe to hold the newer work");
        BoundedWaits.Running<HeldTransfer> newer =
                bench.waits()
                        .start(
                                "newer work to start",
                                () -> HeldTransfer.open(bench, channel, result -> {}));
        old.letStop();
        bench.waits().within("synchronize()", channel::synchronize);
        HeldTransfer started = newer.result();
        bench.waits().within("synchronize() beside newer work", channel::synchronize);
        assertTrue(started.isHeld(), "the newer work was disturbed");
        started.release();
        assertTrue(bench.outcome(started.transfer()).isWhole());
    }

    @Test
    @DisplayName("C8: drain waits for outcome and callback of what was issued, and of nothing else")
    default void shouldDrain() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), source)
                        .onComplete(blocked::onComplete));
        channel.issuePending();
        Transfer notIssued = channel.submit(bench.prepCopy(channel, bench.target(4096), source));
        blocked.awaitRunning(bench);
        BoundedWaits.Running<String> draining =
                bench.waits()
                        .start(
                                "drain()",
                                () -> {
                                    channel.drain();
                                    return "drained";
                                });
        assertInstanceOf(StillOwned.class, channel.drain(TestBench.shortWhile()));
        assertFalse(draining.isDone());
        blocked.close();
        draining.result();
        assertTrue(notIssued.result().isEmpty());
    }

    @Test
    @DisplayName("C8: drain is no termination")
    default void shouldNotTerminateOnDrain() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        assertInstanceOf(StillOwned.class, held.channel().drain(Duration.ofMillis(1)));
        BoundedWaits.Running<String> draining =
                bench.waits()
                        .start(
                                "drain()",
                                () -> {
                                    held.channel().drain();
                                    return "drained";
                                });
        held.release();
        draining.result();
        assertTrue(held.transfer().result().orElseThrow().isWhole());
    }

    @Test
    @DisplayName("C8, C11: a deadline of drain ends the wait, and names what is still owned")
    default void shouldNameWhatDrainWaitsFor() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        held.assumeControlled();
        DmaChannel channel = held.channel();
        StillOwned owned =
                assertInstanceOf(StillOwned.class, channel.drain(TestBench.shortWhile()));
        assertEquals(1, owned.transfers().size());
        OwnedTransfer named = owned.transfers().getFirst();
        assertEquals(held.transfer().cookie(), named.cookie());
        assertEquals(channel.name(), named.channel());
        assertTrue(named.started());
        assertEquals(List.of(held.target()), named.buffers());
        assertFalse(owned.reason().isEmpty());
        assertInstanceOf(StillOwned.class, held.transfer().await(Duration.ofMillis(1)));
        assertTrue(held.isHeld(), "a wait that gave up disturbed it");
        held.release();
        assertTrue(bench.outcome(held.transfer()).isWhole());
    }

    @Test
    @DisplayName("C11: a deadline ends the wait, never the ownership, and names what is owned")
    default void shouldKeepOwnershipAtDeadline() {
        TestBench bench = bench();
        BlockedTransfer blocked = BlockedTransfer.open(bench);
        DmaChannel channel = blocked.channel();
        StillOwned owned =
                assertInstanceOf(StillOwned.class, channel.terminateSync(TestBench.shortWhile()));
        assertEquals(1, owned.transfers().size());
        OwnedTransfer named = owned.transfers().getFirst();
        assertEquals(blocked.transfer().cookie(), named.cookie());
        assertEquals(channel.name(), named.channel());
        assertTrue(named.started());
        assertEquals(List.of(blocked.target()), named.buffers());
        assertFalse(owned.reason().isEmpty());
        assertInstanceOf(StillOwned.class, channel.synchronize(Duration.ZERO));
        assertInstanceOf(StillOwned.class, blocked.transfer().await(Duration.ofMillis(1)));
        assertTrue(blocked.transfer().result().isEmpty());
        blocked.gate().end();
        Receipt receipt = bench.waits().within("synchronize()", channel::synchronize);
        assertTrue(receipt.entry(blocked.transfer().cookie()).isPresent());
        bench.lateWrites().freed(blocked.transfer().toString(), blocked.target());
        bench.lateWrites().watch(TestBench.shortWhile());
    }

    @Test
    @DisplayName("C11: a wait that ends in time says so")
    default void shouldSayQuiesced() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        Transfer transfer = bench.copy(channel, bench.target(4096), bench.source(4096));
        Duration plenty = bench.waits().deadline();
        assertInstanceOf(Quiesced.class, transfer.await(plenty));
        assertInstanceOf(Quiesced.class, channel.drain(plenty));
        assertInstanceOf(Quiesced.class, channel.terminateSync(plenty));
        assertInstanceOf(Quiesced.class, channel.synchronize(plenty));
        assertInstanceOf(Quiesced.class, channel.close(plenty));
    }

    @Test
    @DisplayName("C11: an interrupt does not cut a wait short, and is kept")
    default void shouldKeepInterrupt() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        CountDownLatch begun = new CountDownLatch(2);
        BoundedWaits.Running<Boolean> awaiting =
                bench.waits()
                        .start(
                                "await() of an interrupted thread",
                                () -> {
                                    begun.countDown();
                                    TransferResult result = held.transfer().await();
                                    return result != null && Thread.currentThread().isInterrupted();
                                });
        BoundedWaits.Running<Boolean> draining =
                bench.waits()
                        .start(
                                "drain() of an interrupted thread",
                                () -> {
                                    begun.countDown();
                                    held.channel().drain();
                                    return Thread.currentThread().isInterrupted();
                                });
        bench.waits().eventually("both to wait", begun);
        awaiting.thread().interrupt();
        draining.thread().interrupt();
        if (held.isControlled()) {
            assertFalse(awaiting.isDone() || draining.isDone(), "cut short by the interrupt");
        }
        held.release();
        assertTrue(awaiting.result(), "await() lost the interrupt");
        assertTrue(draining.result(), "drain() lost the interrupt");
    }

    @Test
    @DisplayName("C7, C11: terminateSync of an interrupted thread waits to the end")
    default void shouldTerminateSyncThoughInterrupted() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        BoundedWaits.Running<Boolean> terminating =
                bench.waits()
                        .start(
                                "terminateSync() of an interrupted thread",
                                () -> {
                                    Thread.currentThread().interrupt();
                                    held.channel().terminateSync();
                                    return held.transfer().result().isPresent()
                                            && Thread.currentThread().isInterrupted();
                                });
        held.letStop();
        assertTrue(terminating.result());
    }

    @Test
    @DisplayName("C7: two threads in terminateSync both return only when it is quiet")
    default void shouldLetBothTerminatorsWait() {
        TestBench bench = bench();
        BlockedTransfer blocked = BlockedTransfer.open(bench);
        BoundedWaits.Running<Receipt> first =
                bench.waits().start("terminateSync()", blocked.channel()::terminateSync);
        BoundedWaits.Running<Receipt> second =
                bench.waits().start("terminateSync()", blocked.channel()::terminateSync);
        // Terminates too: the two others may not have come so far yet.
        assertInstanceOf(StillOwned.class, blocked.channel().terminateSync(TestBench.shortWhile()));
        assertFalse(first.isDone() || second.isDone(), "returned while a call was running");
        blocked.gate().end();
        first.result();
        second.result();
        assertTrue(blocked.transfer().result().isPresent());
    }
}
