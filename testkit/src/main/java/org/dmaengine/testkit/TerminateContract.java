package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Termination: C4, C5, C7, C9, C15 and C18. */
interface TerminateContract extends ContractPart {
    @Test
    @DisplayName("C4: terminateAsync is idempotent, on idle channels too")
    default void shouldTerminateIdleChannel() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        for (int i = 0; i < 3; i++) {
            channel.terminateAsync();
        }
        Receipt receipt = bench.waits().within("synchronize()", channel::synchronize);
        assertEquals(List.of(), receipt.entries());
        assertEquals(channel.name(), receipt.channel());
        assertTrue(
                bench.outcome(bench.copy(channel, bench.target(4096), bench.source(4096)))
                        .isWhole());
    }

    @Test
    @DisplayName(
            "C4, C5: nothing of the closed generation starts, all of it is ABORTED with 0 bytes")
    default void shouldAbortWhatWasNotStarted() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.openFenced(bench, result -> {});
        DmaChannel channel = held.channel();
        bench.assumeCopies();
        MemorySegment source = bench.source(4096);
        List<MemorySegment> targets = new ArrayList<>();
        List<Transfer> waiting = new ArrayList<>();
        AtomicInteger callbacks = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            targets.add(bench.target(4096));
            waiting.add(
                    channel.submit(
                            bench.prepCopy(channel, targets.get(i), source)
                                    .onComplete(result -> callbacks.incrementAndGet())));
            if (i == 10) {
                channel.issuePending();
            }
        }
        held.assumeStillHeld();
        bench.waits().runWithin("terminateAsync()", channel::terminateAsync);
        held.letStop();
        Receipt receipt = bench.waits().within("synchronize()", channel::synchronize);
        assertEquals(0, callbacks.get());
        for (int i = 0; i < 20; i++) {
            Transfer each = waiting.get(i);
            TransferResult result = each.result().orElseThrow();
            // What the engine had taken already may have come further.
            if (result.outcome() == Outcome.ABORTED) {
                assertEquals(4096, result.bytes() + result.residueBytes());
                assertEquals(TransferState.ABORTED, channel.state(each.cookie()));
            }
            if (i > 10) {
                assertEquals(Outcome.ABORTED, result.outcome());
                assertEquals(0, result.bytes());
            }
            DmaPattern.checkCopied("waiting " + i, targets.get(i), result.bytes());
            Receipt.Entry entry = receipt.entry(each.cookie()).orElseThrow();
            assertEquals(result.bytes(), entry.bytes());
            assertFalse(entry.callbackRan());
        }
    }

    @Test
    @DisplayName("C5: the bytes of an aborted copy are the prefix that was really written")
    default void shouldTellTrueBytesOfAbortedCopy() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(bench.longCopyBytes());
        for (int i = 1; i <= 4; i++) {
            MemorySegment target = bench.target(source.byteSize());
            Transfer transfer = bench.copy(channel, target, source);
            long until = source.byteSize() * i / 5;
            bench.waits()
                    .eventually(
                            "the copy to come to " + until,
                            () ->
                                    transfer.result().isPresent()
                                            || target.get(
                                                            java.lang.foreign.ValueLayout.JAVA_BYTE,
                                                            until)
                                                    == DmaPattern.copied(until));
            Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
            TransferResult result = transfer.result().orElseThrow();
            assertEquals(source.byteSize(), result.bytes() + result.residueBytes());
            DmaPattern.checkCopied(transfer + " at " + result, target, result.bytes());
            assertEquals(result.outcome() == Outcome.COMPLETE, result.residueBytes() == 0);
            receipt.entry(transfer.cookie())
                    .ifPresent(entry -> assertEquals(result.bytes(), entry.bytes()));
        }
    }

    @Test
    @DisplayName("C7, P4, P5: after terminateSync nobody writes the memory again")
    default void shouldNotWriteAfterTerminateSync() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(bench.longCopyBytes());
        MemorySegment target = bench.target(source.byteSize());
        for (int i = 0; i < 5; i++) {
            Transfer transfer = bench.copy(channel, target, source);
            bench.waits()
                    .eventually(
                            "the copy to begin",
                            () ->
                                    transfer.result().isPresent()
                                            || channel.status(transfer.cookie()).inFlightBytes()
                                                    > 0);
            bench.waits().within("terminateSync()", channel::terminateSync);
            bench.lateWrites().freed(transfer.toString(), target);
            bench.lateWrites().watch(TestBench.shortWhile());
            bench.lateWrites().forget();
        }
    }

    @Test
    @DisplayName("C5: a transfer that had completed keeps COMPLETE, and a future still gets it")
    default void shouldKeepCompleted() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        Transfer transfer = bench.copy(channel, bench.target(4096), bench.source(4096));
        TransferResult before = bench.outcome(transfer);
        bench.waits().within("terminateSync()", channel::terminateSync);
        assertEquals(before, transfer.await());
        assertEquals(TransferState.COMPLETE, channel.state(transfer.cookie()));
        assertEquals(before, transfer.toFuture().join());
    }

    @Test
    @DisplayName("C5: nobody waits for ever on a terminated transfer")
    default void shouldWakeAllWhoWait() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        bench.assumeCopies();
        DmaChannel channel = held.channel();
        Transfer queued =
                channel.submit(bench.prepCopy(channel, bench.target(4096), bench.source(4096)));
        List<BoundedWaits.Running<TransferResult>> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiters.add(bench.waits().start("await() of the held", held.transfer()::await));
            waiters.add(bench.waits().start("await() of the queued", queued::await));
        }
        CompletableFuture<TransferResult> future = queued.toFuture();
        channel.terminateAsync();
        held.letStop();
        waiters.forEach(each -> each.result());
        assertEquals(
                Outcome.ABORTED,
                bench.waits().within("the future of a terminated transfer", future::get).outcome());
        bench.waits().within("synchronize()", channel::synchronize);
    }

    @Test
    @DisplayName("C9: the receipt lists each transfer once, with outcome, bytes and proof")
    default void shouldGiveReceipt() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        bench.assumeCopies();
        DmaChannel channel = held.channel();
        List<Transfer> all = new ArrayList<>();
        all.add(held.transfer());
        for (int i = 0; i < 5; i++) {
            all.add(
                    channel.submit(
                            bench.prepCopy(channel, bench.target(4096), bench.source(4096))));
        }
        held.assumeStillHeld();
        channel.terminateAsync();
        held.letStop();
        Receipt receipt = bench.waits().within("synchronize()", channel::synchronize);
        assertEquals(0, receipt.omitted());
        assertTrue(receipt.abortError().isEmpty());
        assertEquals(
                all.stream().map(Transfer::cookie).toList(),
                receipt.entries().stream().map(Receipt.Entry::cookie).sorted().toList());
        for (Transfer each : all) {
            TransferResult result = each.result().orElseThrow();
            Receipt.Entry entry = receipt.entry(each.cookie()).orElseThrow();
            assertEquals(result.outcome(), entry.outcome());
            assertEquals(result.bytes(), entry.bytes());
            assertEquals(result.residueBytes(), entry.residueBytes());
        }
        Receipt.Entry first = receipt.entry(held.transfer().cookie()).orElseThrow();
        assertEquals(held.kind(), first.kind());
        assertEquals(bench.assumeRow(held.kind()).proof(), first.proof());
        assertEquals(
                List.of(), bench.waits().within("synchronize()", channel::synchronize).entries());
    }

    @Test
    @DisplayName("C15: a descriptor of a closed generation is refused; a reusable one is re-armed")
    default void shouldRefuseStaleDescriptor() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        Descriptor once = bench.prepCopy(channel, target, source);
        Descriptor reusable =
                bench.prepCopy(channel, target, source, Flag.INTERRUPT, Flag.ACK, Flag.REUSE);
        channel.terminateAsync();
        assertThrows(StaleDescriptorException.class, () -> channel.submit(once));
        assertThrows(StaleDescriptorException.class, () -> channel.trySubmit(reusable));
        assertThrows(IllegalStateException.class, once::rearm);
        Transfer again = channel.submit(reusable.rearm());
        channel.issuePending();
        assertTrue(bench.outcome(again).isWhole());
        bench.waits().within("terminateSync()", channel::terminateSync);
        assertThrows(StaleDescriptorException.class, () -> channel.submit(reusable));
        Transfer third = channel.submit(reusable.rearm());
        channel.issuePending();
        assertTrue(bench.outcome(third).isWhole());
    }

    @Test
    @DisplayName("C15: a reusable descriptor that was terminated in flight may be re-armed")
    default void shouldRearmTerminatedDescriptor() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        bench.assumeCopies();
        DmaChannel channel = held.channel();
        Descriptor reusable =
                bench.prepCopy(
                        channel,
                        bench.target(4096),
                        bench.source(4096),
                        Flag.INTERRUPT,
                        Flag.ACK,
                        Flag.REUSE);
        Transfer queued = channel.submit(reusable);
        assertThrows(IllegalStateException.class, reusable::rearm);
        channel.terminateAsync();
        assertEquals(Outcome.ABORTED, bench.outcome(queued).outcome());
        Transfer again = channel.submit(reusable.rearm());
        channel.issuePending();
        held.letStop();
        assertTrue(bench.outcome(again).isWhole());
    }

    @Test
    @DisplayName("C18: terminateAll is terminateAsync under its old name")
    @SuppressWarnings("deprecation") // It is what is tested.
    default void shouldTerminateAll() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        Transfer queued =
                channel.submit(bench.prepCopy(channel, bench.target(4096), bench.source(4096)));
        channel.terminateAll();
        assertEquals(Outcome.ABORTED, bench.outcome(queued).outcome());
    }

    @Test
    @DisplayName("C4, C6: new work runs after a termination that nobody waited for")
    default void shouldRunNewWorkAfterTerminateAsync() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        bench.assumeCopies();
        DmaChannel channel = held.channel();
        channel.terminateAsync();
        MemorySegment target = bench.target(4096);
        Transfer next = bench.copy(channel, target, bench.source(4096));
        held.letStop();
        assertTrue(bench.outcome(next).isWhole());
        assertTrue(
                held.transfer().result().isPresent(),
                "new work started while the old was on the engine");
        DmaPattern.checkCopied("new work", target, 4096);
    }
}
