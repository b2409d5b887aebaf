package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Flag;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.InterleavedTemplate.Chunk;
import org.dmaengine.Outcome;
import org.dmaengine.Quiesced;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.TransferState;
import org.dmaengine.TransferStatus;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** What every transfer does when nobody stops it: C1, C2, C17, P4, P9. */
interface TransferContract extends ContractPart {
    @Test
    @DisplayName("C2, C17: a copy moves every byte, and none beside the target")
    default void shouldCopyEveryByteAndNoOther() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        long align = bench.description().copyAlignBytes();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (long length : new long[] {align, 64 * align, 4096, 65536 + align, 1 << 20}) {
            if (length > bench.description().lengthMaxBytes()) {
                continue;
            }
            long sourceOffset = random.nextInt(100) * align;
            long targetOffset = random.nextInt(100) * align;
            MemorySegment source = bench.arena().allocate(length + 200 * align, 4096);
            MemorySegment target = bench.target(length + 200 * align);
            DmaPattern.fillSource(source, sourceOffset, length);
            DmaPattern.fillTarget(target, targetOffset, length);
            Transfer transfer =
                    bench.copy(
                            channel,
                            target.asSlice(targetOffset, length),
                            source.asSlice(sourceOffset, length));
            TransferResult result = bench.outcome(transfer);
            String who = "seed " + seed + ", " + length + " bytes";
            assertEquals(Outcome.COMPLETE, result.outcome(), who);
            DmaPattern.checkTarget(who, target, targetOffset, length, length, sourceOffset);
            DmaPattern.checkSource(who, source, sourceOffset, length);
            assertEquals(length, result.bytes());
            assertEquals(0, result.residueBytes());
        }
    }

    @Test
    @DisplayName("C2, P4: the outcome comes after the last touch")
    default void shouldNotReportBeforeLastTouch() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(bench.longCopyBytes());
        MemorySegment target = bench.target(source.byteSize());
        Transfer transfer = bench.copy(channel, target, source);
        while (transfer.result().isEmpty()) {
            if (transfer.await(bench.waits().deadline()) instanceof Quiesced) {
                break;
            }
            throw new AssertionError("no outcome within " + bench.waits().deadline());
        }
        // Seen at once by the waiter: no step between outcome and look.
        DmaPattern.checkCopied("right after the outcome", target, target.byteSize());
        bench.lateWrites().freed(transfer.toString(), target);
        bench.lateWrites().watch(TestBench.shortWhile());
    }

    @Test
    @DisplayName("P4: nobody writes behind the outcome of a transfer")
    default void shouldNotWriteBehindOutcome() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(65536);
        for (int i = 0; i < 8; i++) {
            MemorySegment target = bench.target(65536);
            Transfer transfer = bench.copy(channel, target, source);
            assertTrue(bench.outcome(transfer).isWhole());
            bench.lateWrites().freed(transfer.toString(), target);
        }
        bench.lateWrites().watch(TestBench.shortWhile());
    }

    @Test
    @DisplayName("C1: nothing starts before issuePending")
    default void shouldNotStartBeforeIssue() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        MemorySegment other = bench.target(4096);
        Transfer first = bench.copy(channel, other, source);
        Transfer second = channel.submit(bench.prepCopy(channel, target, source));
        assertTrue(bench.outcome(first).isWhole());
        bench.waits().runWithin("drain() of what was issued", channel::drain);
        assertEquals(TransferState.IN_PROGRESS, channel.state(second.cookie()));
        assertEquals(0, channel.status(second.cookie()).inFlightBytes());
        DmaPattern.checkCopied("submitted and not issued", target, 0);
        channel.issuePending();
        assertTrue(bench.outcome(second).isWhole());
    }

    @Test
    @DisplayName("C1: starting the next transfer does not wait for a callback")
    default void shouldStartNextWhileCallbackRuns() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        channel.submit(
                bench.prepCopy(channel, bench.target(4096), source)
                        .onComplete(blocked::onComplete));
        channel.issuePending();
        blocked.awaitRunning(bench);
        Transfer next = bench.copy(channel, bench.target(4096), source);
        assertTrue(bench.outcome(next).isWhole());
    }

    @Test
    @DisplayName("C2: states only go forward, and an unknown cookie is UNKNOWN")
    default void shouldOnlyGoForward() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        assertEquals(TransferState.UNKNOWN, channel.state(0));
        assertEquals(TransferState.UNKNOWN, channel.state(-1));
        assertEquals(TransferState.UNKNOWN, channel.state(1));
        assertEquals(TransferState.UNKNOWN, channel.status(Long.MAX_VALUE).state());
        MemorySegment source = bench.source(1 << 20);
        Transfer transfer = channel.submit(bench.prepCopy(channel, bench.target(1 << 20), source));
        assertEquals(TransferState.IN_PROGRESS, channel.state(transfer.cookie()));
        channel.issuePending();
        TransferState before = TransferState.IN_PROGRESS;
        long residueBefore = 1 << 20;
        long end = System.nanoTime() + bench.waits().deadline().toNanos();
        while (transfer.result().isEmpty()) {
            assertTrue(end - System.nanoTime() > 0, "no outcome by the deadline");
            TransferStatus status = channel.status(transfer.cookie());
            assertTrue(
                    status.residueBytes() >= 0 && status.residueBytes() <= residueBefore,
                    () -> "residue went from " + (1 << 20) + " to " + status);
            assertTrue(before.compareTo(status.state()) <= 0, before + " then " + status);
            before = status.state();
            residueBefore = status.residueBytes();
        }
        assertEquals(TransferState.COMPLETE, channel.state(transfer.cookie()));
        TransferStatus after = channel.status(transfer.cookie());
        assertEquals(new TransferStatus(TransferState.COMPLETE, 0, 0, 1, 1), after);
    }

    @Test
    @DisplayName("C2: many small copies in many sizes, each with its outcome")
    default void shouldGiveEachOfManyItsOutcome() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        long align = bench.description().copyAlignBytes();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MemorySegment source = bench.source(8192);
        List<Transfer> transfers = new ArrayList<>();
        List<MemorySegment> targets = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            long length = (1 + random.nextLong(8192 / align)) * align;
            MemorySegment target = bench.target(length);
            targets.add(target);
            transfers.add(
                    channel.submit(bench.prepCopy(channel, target, source.asSlice(0, length))));
            if (random.nextInt(10) == 0) {
                channel.issuePending();
            }
        }
        channel.issuePending();
        for (int i = 0; i < transfers.size(); i++) {
            TransferResult result = bench.outcome(transfers.get(i));
            assertTrue(result.isWhole(), "seed " + seed + ": " + result);
            DmaPattern.checkCopied("seed " + seed, targets.get(i), targets.get(i).byteSize());
        }
    }

    @Test
    @DisplayName("C2: a future is told the outcome; cancelling it only detaches it")
    default void shouldOnlyDetachCancelledFuture() {
        TestBench bench = bench();
        HeldTransfer held = HeldTransfer.open(bench);
        CompletableFuture<TransferResult> cancelled = held.transfer().toFuture();
        CompletableFuture<TransferResult> kept = held.transfer().toFuture();
        assertTrue(cancelled.cancel(true));
        if (held.isControlled()) {
            assertTrue(held.isHeld(), "cancelling a future stopped the transfer");
        }
        held.release();
        TransferResult result = bench.waits().within("the future", kept::get);
        assertEquals(Outcome.COMPLETE, result.outcome());
        assertEquals(
                result, bench.waits().within("a late future", held.transfer().toFuture()::get));
    }

    @Test
    @DisplayName("C2: a fill writes its value, and nothing beside the target")
    default void shouldFill() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.MEMSET);
        MemorySegment target = bench.target(70_000 / 64 * 64);
        Transfer transfer = channel.submit(channel.prepMemset(target, (byte) 0x5c));
        channel.issuePending();
        assertTrue(bench.outcome(transfer).isWhole());
        for (long i = 0; i < target.byteSize(); i++) {
            assertEquals((byte) 0x5c, target.get(ValueLayout.JAVA_BYTE, i));
        }
    }

    @Test
    @DisplayName("C2: an interleaved copy moves the chunks and leaves the gaps")
    default void shouldCopyInterleaved() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.INTERLEAVED);
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(8192);
        List<Chunk> row = List.of(new Chunk(64, 64, 192), new Chunk(128, 0, 64));
        InterleavedTemplate template = new InterleavedTemplate(source, target, 8, row);
        Transfer transfer = channel.submit(channel.prepInterleaved(template));
        channel.issuePending();
        TransferResult result = bench.outcome(transfer);
        assertEquals(Outcome.COMPLETE, result.outcome());
        assertEquals(template.lengthBytes(), result.bytes());
        MemorySegment expected = bench.target(8192);
        for (int frame = 0; frame < 8; frame++) {
            long from = frame * template.sourceStrideBytes();
            long to = frame * template.targetStrideBytes();
            for (Chunk chunk : row) {
                MemorySegment.copy(source, from, expected, to, chunk.lengthBytes());
                from += chunk.lengthBytes() + chunk.sourceGapBytes();
                to += chunk.lengthBytes() + chunk.targetGapBytes();
            }
        }
        assertEquals(-1, expected.mismatch(target), "offset of the first wrong byte");
    }

    @Test
    @DisplayName("C2, C3: an interrupt moves nothing and calls back after all before it")
    default void shouldInterruptAfterAllBefore() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel(Capability.INTERRUPT);
        MemorySegment source = bench.source(1 << 20);
        Transfer copy = channel.submit(bench.prepCopy(channel, bench.target(1 << 20), source));
        AtomicLong bytesBefore = new AtomicLong(-1);
        Transfer interrupt =
                channel.submit(
                        channel.prepInterrupt()
                                .onComplete(result ->
                                        bytesBefore.set(
                                                copy.result()
                                                        .map(TransferResult::bytes)
                                                        .orElse(0L))));
        channel.issuePending();
        assertEquals(0, bench.outcome(interrupt).bytes());
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(1 << 20, bytesBefore.get());
    }

    @Test
    @DisplayName("C2: nothing behind a fence starts before it has ended")
    default void shouldKeepFence() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.MEMCPY);
        MemorySegment first = bench.source(1 << 20);
        MemorySegment middle = bench.target(1 << 20);
        MemorySegment last = bench.target(1 << 20);
        for (int i = 0; i < 10; i++) {
            DmaPattern.fillTarget(middle, 0, middle.byteSize());
            channel.submit(channel.prepMemcpy(middle, first, Flag.INTERRUPT, Flag.ACK, Flag.FENCE));
            Transfer behind = channel.submit(channel.prepMemcpy(last, middle));
            channel.issuePending();
            assertTrue(bench.outcome(behind).isWhole());
            DmaPattern.checkCopied("behind the fence", last, last.byteSize());
        }
    }

    @Test
    @DisplayName("C2: a reusable descriptor runs again, with a new cookie and outcome")
    default void shouldReuse() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        var descriptor =
                bench.prepCopy(channel, target, source, Flag.INTERRUPT, Flag.ACK, Flag.REUSE);
        long before = 0;
        for (int i = 0; i < 10; i++) {
            DmaPattern.fillTarget(target, 0, 4096);
            Transfer transfer = channel.submit(descriptor);
            assertThrows(IllegalStateException.class, () -> channel.submit(descriptor));
            channel.issuePending();
            assertTrue(bench.outcome(transfer).isWhole());
            DmaPattern.checkCopied("run " + i, target, 4096);
            assertTrue(transfer.cookie() > before);
            before = transfer.cookie();
            bench.waits().runWithin("drain()", channel::drain);
        }
        var once = bench.prepCopy(channel, target, source);
        channel.submit(once);
        assertThrows(IllegalStateException.class, () -> channel.submit(once));
    }

    @Test
    @DisplayName("C2, P10: an unacknowledged transfer keeps its place until it is acknowledged")
    default void shouldKeepPlaceOfUnacknowledged() {
        TestBench bench = bench();
        bench.assumeCopies();
        DmaChannel channel = bench.engine().requestChannel(bench.request().withDepth(1));
        MemorySegment source = bench.source(4096);
        MemorySegment target = bench.target(4096);
        Transfer transfer = channel.submit(bench.prepCopy(channel, target, source, Flag.INTERRUPT));
        channel.issuePending();
        bench.outcome(transfer);
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(0, channel.trySubmit(bench.prepCopy(channel, target, source)));
        transfer.acknowledge();
        assertTrue(channel.trySubmit(bench.prepCopy(channel, target, source)) > 0);
    }

    @Test
    @DisplayName("C2: the hot path without handles gives cookies, outcomes and callbacks")
    default void shouldCopyOnHotPath() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.MEMCPY);
        MemorySegment source = bench.source(65536);
        MemorySegment target = bench.target(65536);
        AtomicLong bytes = new AtomicLong();
        for (int offset = 0; offset < 65536; offset += 4096) {
            int from = offset;
            bench.waits()
                    .eventually(
                            "room in the queue",
                            () ->
                                    channel.tryMemcpy(
                                                    target,
                                                    from,
                                                    source,
                                                    from,
                                                    4096,
                                                    (cookie, outcome, count) ->
                                                            bytes.addAndGet(count))
                                            != 0);
        }
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(65536, bytes.get());
        assertEquals(TransferState.COMPLETE, channel.state(16));
        DmaPattern.checkCopied("the hot path", target, 65536);
        assumeTrue(bench.faults().isEmpty());
    }
}
