package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Proof;
import org.dmaengine.Receipt;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Termination at every step of a transfer's life: C4, C5, C9. */
interface LifeStepContract extends ContractPart {
    @Test
    @DisplayName("C4, C15: terminated when prepared")
    default void shouldTerminatePrepared() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment target = bench.target(4096);
        Descriptor descriptor = bench.prepCopy(channel, target, bench.source(4096));
        Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
        assertTrue(receipt.entries().isEmpty());
        assertThrows(StaleDescriptorException.class, () -> channel.submit(descriptor));
        DmaPattern.checkCopied("prepared only", target, 0);
    }

    @Test
    @DisplayName("C4, C5: terminated when submitted")
    default void shouldTerminateSubmitted() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment target = bench.target(4096);
        Transfer transfer = channel.submit(bench.prepCopy(channel, target, bench.source(4096)));
        Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
        assertNeverStarted(transfer, receipt);
        channel.issuePending();
        bench.waits().runWithin("drain()", channel::drain);
        DmaPattern.checkCopied("submitted only", target, 0);
    }

    @Test
    @DisplayName("C4, C5: terminated when issued and not started")
    default void shouldTerminateIssued() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        MemorySegment target = bench.target(4096);
        bench.waits().runWithin("pause()", channel::pause);
        Transfer transfer = bench.copy(channel, target, bench.source(4096));
        Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
        assertNeverStarted(transfer, receipt);
        DmaPattern.checkCopied("issued only", target, 0);
    }

    private static void assertNeverStarted(Transfer transfer, Receipt receipt) {
        TransferResult result = transfer.result().orElseThrow();
        assertEquals(Outcome.ABORTED, result.outcome());
        assertEquals(0, result.bytes());
        Receipt.Entry entry = receipt.entry(transfer.cookie()).orElseThrow();
        assertEquals(Proof.NEVER_STARTED, entry.proof());
        assertFalse(entry.callbackRan());
    }

    @Test
    @DisplayName("C4, C5: terminated before the first byte")
    default void shouldTerminateBeforeFirstByte() {
        terminateStreamAfter(0);
    }

    @Test
    @DisplayName("C4, C5: terminated after the first chunk")
    default void shouldTerminateAfterFirstChunk() {
        terminateStreamAfter(1024);
    }

    @Test
    @DisplayName("C4, C5: terminated in the middle")
    default void shouldTerminateInTheMiddle() {
        terminateStreamAfter(HeldTransfer.STREAM_BYTES / 2);
    }

    @Test
    @DisplayName("C4, C5: terminated before the last byte")
    default void shouldTerminateBeforeLastByte() {
        terminateStreamAfter(HeldTransfer.STREAM_BYTES - 1);
    }

    private void terminateStreamAfter(long bytes) {
        TestBench bench = bench();
        AtomicInteger callbacks = new AtomicInteger();
        HeldTransfer held = HeldTransfer.open(bench, result -> callbacks.incrementAndGet());
        held.feed(bytes);
        DmaChannel channel = held.channel();
        boolean atOnce = bench.assumeRow(held.kind()).effect() == AbortEffect.AT_ONCE;
        channel.terminateAsync();
        held.letStop();
        Receipt receipt = bench.waits().within("synchronize()", channel::synchronize);
        TransferResult result = held.transfer().result().orElseThrow();
        if (atOnce) {
            assertEquals(Outcome.ABORTED, result.outcome());
            assertEquals(bytes, result.bytes(), "bytes of " + result);
        }
        assertEquals(HeldTransfer.STREAM_BYTES, result.bytes() + result.residueBytes());
        DmaPattern.checkCopied("after " + bytes + " bytes", held.target(), result.bytes());
        assertEquals(result.bytes(), receipt.entry(1).orElseThrow().bytes());
        assertEquals(0, callbacks.get());
        bench.lateWrites().freed(held.transfer().toString(), held.target());
        bench.lateWrites().watch(TestBench.shortWhile());
    }

    @Test
    @DisplayName("C4, C5, C9: terminated when ended, with the callback still waiting for a thread")
    default void shouldTerminateEndedBeforeCallback() {
        TestBench bench = bench();
        bench.assumeCopies();
        BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        DmaChannel channel = channelCallingBackOn(bench, tasks);
        AtomicInteger callbacks = new AtomicInteger();
        Transfer transfer = submitCounted(bench, channel, callbacks);
        bench.waits().eventually("the runner to be scheduled", () -> !tasks.isEmpty());
        Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
        Receipt.Entry entry = receipt.entry(transfer.cookie()).orElseThrow();
        assertEquals(Outcome.COMPLETE, entry.outcome());
        assertFalse(entry.callbackRan());
        // The stale runner finds nothing (R2).
        tasks.remove().run();
        assertEquals(0, callbacks.get());
    }

    @Test
    @DisplayName("C4, C6, C9: terminated while the callback is running")
    default void shouldTerminateWhileCallbackRuns() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        BlockedCallback blocked = bench.closing(new BlockedCallback());
        Transfer transfer =
                channel.submit(
                        bench.prepCopy(channel, bench.target(4096), bench.source(4096))
                                .onComplete(blocked::onComplete));
        channel.issuePending();
        blocked.awaitRunning(bench);
        bench.waits().runWithin("terminateAsync()", channel::terminateAsync);
        BoundedWaits.Running<Receipt> waiting =
                bench.waits().start("synchronize()", channel::synchronize);
        assertFalse(
                channel.synchronize(TestBench.shortWhile()).isQuiesced(),
                "quiesced while a callback runs");
        assertFalse(waiting.isDone(), "synchronize() returned while a callback runs (R1)");
        blocked.close();
        Receipt.Entry entry = waiting.result().entry(transfer.cookie()).orElseThrow();
        assertEquals(Outcome.COMPLETE, entry.outcome());
        assertTrue(entry.callbackRan());
        assertEquals(1, blocked.calls());
    }

    @Test
    @DisplayName("C4, C9: terminated when the callback has returned")
    default void shouldTerminateAfterCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        AtomicInteger callbacks = new AtomicInteger();
        Transfer transfer = submitCounted(bench, channel, callbacks);
        bench.waits().runWithin("drain()", channel::drain);
        Receipt receipt = bench.waits().within("terminateSync()", channel::terminateSync);
        assertTrue(receipt.entry(transfer.cookie()).isEmpty(), "it was over before");
        assertEquals(1, callbacks.get());
        assertTrue(transfer.result().orElseThrow().isWhole());
    }

    private static DmaChannel channelCallingBackOn(TestBench bench, BlockingQueue<Runnable> tasks) {
        ChannelRequest request = bench.request().withCallbackExecutor(tasks::add);
        return bench.engine().requestChannel(request);
    }

    private static Transfer submitCounted(
            TestBench bench, DmaChannel channel, AtomicInteger callbacks) {
        Transfer transfer =
                channel.submit(
                        bench.prepCopy(channel, bench.target(4096), bench.source(4096))
                                .onComplete(result -> callbacks.incrementAndGet()));
        channel.issuePending();
        return transfer;
    }
}
