package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.Transfer;
import org.dmaengine.TransferState;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Pause and resume: C13. */
interface PauseContract extends ContractPart {
    @Test
    @DisplayName("C13: while paused no byte moves and the residue is stable; nothing is lost")
    default void shouldMoveNothingWhilePaused() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        MemorySegment source = bench.source(bench.longCopyBytes());
        for (int i = 0; i < 3; i++) {
            MemorySegment target = bench.target(source.byteSize());
            Transfer transfer = bench.copy(channel, target, source);
            bench.waits().runWithin("pause()", channel::pause);
            MemorySegment before = bench.arena().allocate(target.byteSize());
            before.copyFrom(target);
            long residue = channel.status(transfer.cookie()).residueBytes();
            long end = System.nanoTime() + TestBench.shortWhile().toNanos();
            while (end - System.nanoTime() > 0) {
                LockSupport.parkNanos(1_000_000);
                assertEquals(-1, before.mismatch(target), "a byte moved while paused");
                assertEquals(
                        residue,
                        channel.status(transfer.cookie()).residueBytes(),
                        "the residue moved while paused");
            }
            if (transfer.result().isEmpty()) {
                assertEquals(TransferState.PAUSED, channel.state(transfer.cookie()));
            }
            channel.resume();
            assertTrue(bench.outcome(transfer).isWhole());
            DmaPattern.checkCopied("after resume", target, target.byteSize());
        }
    }

    @Test
    @DisplayName("C13: a paused channel starts nothing; resume starts it")
    default void shouldStartNothingWhilePaused() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        bench.waits().runWithin("pause()", channel::pause);
        bench.waits().runWithin("a second pause()", channel::pause);
        MemorySegment target = bench.target(4096);
        Transfer transfer = bench.copy(channel, target, bench.source(4096));
        assertFalse(transfer.await(TestBench.shortWhile()).isQuiesced());
        DmaPattern.checkCopied("paused", target, 0);
        channel.resume();
        assertTrue(bench.outcome(transfer).isWhole());
    }

    @Test
    @DisplayName("C13: resume of a channel that is not paused is an error")
    default void shouldRefuseResumeWithoutPause() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.PAUSE);
        assertThrows(IllegalStateException.class, channel::resume);
        bench.waits().runWithin("pause()", channel::pause);
        channel.resume();
        assertThrows(IllegalStateException.class, channel::resume);
    }

    @Test
    @DisplayName("C13, C4: terminating a paused channel leaves it running and empty")
    default void shouldRunAfterTerminationOfPaused() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        MemorySegment source = bench.source(bench.longCopyBytes());
        Transfer running = bench.copy(channel, bench.target(source.byteSize()), source);
        Transfer queued = bench.copy(channel, bench.target(source.byteSize()), source);
        bench.waits().runWithin("pause()", channel::pause);
        bench.waits().within("terminateSync() while paused", channel::terminateSync);
        assertTrue(running.result().isPresent());
        assertTrue(queued.result().isPresent());
        assertThrows(IllegalStateException.class, channel::resume);
        MemorySegment small = bench.source(4096);
        assertTrue(bench.outcome(bench.copy(channel, bench.target(4096), small)).isWhole());
    }

    @Test
    @DisplayName("C13: a blocked stream is paused and resumed without losing a byte")
    default void shouldPauseBlockedStream() {
        TestBench bench = bench();
        bench.assumeCan(Capability.PAUSE, Capability.PERIPHERAL);
        HeldTransfer held = HeldTransfer.open(bench);
        held.feed(100);
        bench.waits().runWithin("pause() of a blocked stream", held.channel()::pause);
        long residue = held.channel().status(held.transfer().cookie()).residueBytes();
        // As fine as the engine tells it; what is stopped half-way is the end of no segment.
        boolean fine = bench.description().residueGranularity() == ResidueGranularity.BURST;
        assertEquals(HeldTransfer.STREAM_BYTES - (fine ? 100 : 0), residue);
        held.channel().resume();
        held.release();
        assertTrue(bench.outcome(held.transfer()).isWhole());
        DmaPattern.checkCopied("stream", held.target(), HeldTransfer.STREAM_BYTES);
    }

    @Test
    @DisplayName("C6, C13: synchronize leaves a paused channel paused")
    default void shouldStayPausedOverSynchronize() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        bench.waits().runWithin("pause()", channel::pause);
        Transfer transfer = bench.copy(channel, bench.target(4096), bench.source(4096));
        bench.waits().within("synchronize() while paused", channel::synchronize);
        assertEquals(TransferState.PAUSED, channel.state(transfer.cookie()));
        channel.resume();
        assertEquals(Outcome.COMPLETE, bench.outcome(transfer).outcome());
    }

    @Test
    @DisplayName("C3, C13: a callback may pause and resume its own channel")
    default void shouldPauseInCallback() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        AtomicReference<Throwable> problem = new AtomicReference<>();
        MemorySegment source = bench.source(1 << 20);
        channel.submit(
                bench.prepCopy(channel, bench.target(1 << 20), source)
                        .onComplete(result -> {
                            try {
                                channel.pause();
                                channel.resume();
                            } catch (RuntimeException refused) {
                                problem.set(refused);
                            }
                        }));
        Transfer behind = bench.copy(channel, bench.target(1 << 20), source);
        assertTrue(bench.outcome(behind).isWhole());
        bench.waits().runWithin("drain()", channel::drain);
        assertEquals(null, problem.get());
    }

    @Test
    @DisplayName("C14: closing a paused channel does not wait for resume")
    default void shouldClosePaused() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel(Capability.PAUSE);
        MemorySegment source = bench.source(bench.longCopyBytes());
        bench.copy(channel, bench.target(source.byteSize()), source);
        bench.waits().runWithin("pause()", channel::pause);
        bench.waits().runWithin("close() while paused", channel::close);
    }
}
