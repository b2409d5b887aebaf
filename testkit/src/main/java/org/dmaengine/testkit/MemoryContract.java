package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.Capability;
import org.dmaengine.ClosePolicy;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.PrepRefusedException.Reason;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory that is never freed in flight: C16. */
interface MemoryContract extends ContractPart {
    @Test
    @DisplayName("C16: closing an arena in use is refused, naming the transfer")
    default void shouldRefuseToFreeMemoryInFlight() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        DmaArena arena = DmaArena.open("my pool", new ClosePolicy.Fail());
        Transfer transfer =
                channel.submit(
                        bench.prepCopy(channel, arena.allocate(4096, 4096), bench.source(4096)));
        BuffersInFlightException refused =
                assertThrows(BuffersInFlightException.class, arena::close);
        assertEquals(1, refused.transfers().size());
        assertEquals(transfer.cookie(), refused.transfers().getFirst().cookie());
        assertEquals(channel.name(), refused.transfers().getFirst().channel());
        assertTrue(refused.toString().contains("my pool"), refused::toString);
        assertTrue(refused.toString().contains(channel.name()), refused::toString);
        channel.issuePending();
        assertTrue(bench.outcome(transfer).isWhole());
        arena.close();
        arena.close();
    }

    @Test
    @DisplayName("C16: a termination that nobody waited for does not free the memory")
    default void shouldRefuseToFreeAfterTerminateAsync() {
        TestBench bench = bench();
        BlockedInArena blocked = BlockedInArena.open(bench, new ClosePolicy.Fail());
        blocked.transfer().channel().terminateAsync();
        assertThrows(BuffersInFlightException.class, blocked.arena()::close);
        blocked.gate().end();
        bench.outcome(blocked.transfer());
        blocked.arena().close();
    }

    @Test
    @DisplayName("C16: an arena that drains waits for its transfers")
    default void shouldDrainBeforeFreeing() {
        TestBench bench = bench();
        DmaArena arena = DmaArena.open(new ClosePolicy.Drain());
        HeldTransfer held = HeldTransfer.openIn(bench, arena);
        held.assumeControlled();
        BoundedWaits.Running<String> closing = closing(bench, arena);
        assertFalse(held.transfer().await(TestBench.shortWhile()).isQuiesced());
        assertFalse(closing.isDone(), "freed while in flight");
        held.release();
        closing.result();
        assertTrue(held.transfer().result().orElseThrow().isWhole());
    }

    @Test
    @DisplayName("C16: an arena that terminates first frees when it is quiet")
    default void shouldTerminateBeforeFreeing() {
        TestBench bench = bench();
        bench.slow();
        DmaChannel channel = bench.copyChannel();
        DmaArena arena =
                DmaArena.open(new ClosePolicy.TerminateThenDrain(bench.waits().deadline()));
        long length = bench.longCopyBytes();
        Transfer transfer = bench.copy(channel, arena.allocate(length, 4096), bench.source(length));
        closing(bench, arena).result();
        assertTrue(transfer.result().isPresent(), "freed before there was an outcome");
        assertFalse(arena.scope().isAlive());
    }

    private static BoundedWaits.Running<String> closing(TestBench bench, DmaArena arena) {
        return bench.waits()
                .start(
                        "close() of the arena",
                        () -> {
                            arena.close();
                            return "closed";
                        });
    }

    @Test
    @DisplayName("C16: heap, confined, unmapped and freed memory is refused, with the reason")
    default void shouldRefuseMemoryItCannotKeep() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        MemorySegment good = bench.source(4096);
        DmaArena freed = DmaArena.open();
        MemorySegment gone = freed.allocate(4096, 4096);
        freed.close();
        try (Arena confined = Arena.ofConfined();
                Arena shared = Arena.ofShared()) {
            MemorySegment local = confined.allocate(4096, 4096);
            MemorySegment heap = MemorySegment.ofArray(new byte[4096]);
            MemorySegment unmapped = shared.allocate(4096, 4096);
            MemorySegment readOnly = bench.target(4096).asReadOnly();
            assertEquals(Reason.MEMORY, refusal(bench, channel, heap, good));
            assertEquals(Reason.MEMORY, refusal(bench, channel, local, good));
            assertEquals(Reason.MEMORY, refusal(bench, channel, unmapped, good));
            assertEquals(Reason.MEMORY, refusal(bench, channel, gone, good));
            assertEquals(Reason.DIRECTION, refusal(bench, channel, readOnly, good));
            assertEquals(
                    Reason.BOUNDS, refusal(bench, channel, bench.target(4096), good.asSlice(0, 0)));
            assertThrows(PrepRefusedException.class, () -> bench.engine().map(local));
            assertThrows(PrepRefusedException.class, () -> bench.engine().map(heap));
        }
    }

    private static Reason refusal(
            TestBench bench, DmaChannel channel, MemorySegment target, MemorySegment source) {
        return assertThrows(
                        PrepRefusedException.class,
                        () -> bench.prepCopy(channel, target, source),
                        "refused " + target)
                .reason();
    }

    @Test
    @DisplayName("C16: an arena closed after prep makes submit fail")
    default void shouldRefuseSubmitOfFreedMemory() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        DmaArena arena = DmaArena.open();
        var prepared = bench.prepCopy(channel, arena.allocate(4096, 4096), bench.source(4096));
        arena.close();
        assertThrows(IllegalStateException.class, () -> channel.submit(prepared));
    }

    @Test
    @DisplayName("C16: a mapped segment's own arena cannot be closed until it is unmapped")
    default void shouldPinMappedMemory() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        Arena foreign = Arena.ofShared();
        MemorySegment memory = foreign.allocate(4096, 4096);
        DmaPattern.fillTarget(memory, 0, 4096);
        DmaBuffer buffer = bench.waits().within("map()", () -> bench.engine().map(memory));
        assertThrows(IllegalStateException.class, foreign::close);
        Transfer transfer = bench.copy(channel, buffer.segment(), bench.source(4096));
        assertTrue(bench.outcome(transfer).isWhole());
        DmaPattern.checkCopied("mapped memory", memory, 4096);
        buffer.close();
        buffer.close();
        foreign.close();
    }

    @Test
    @DisplayName("C16: a mapping in use is not unmapped")
    default void shouldRefuseToUnmapInFlight() {
        TestBench bench = bench();
        DmaChannel channel = bench.copyChannel();
        Arena foreign = Arena.ofShared();
        DmaBuffer buffer = bench.engine().map(foreign.allocate(4096, 4096));
        Transfer transfer =
                channel.submit(bench.prepCopy(channel, buffer.segment(), bench.source(4096)));
        assertThrows(BuffersInFlightException.class, buffer::close);
        assertThrows(IllegalStateException.class, foreign::close);
        channel.issuePending();
        bench.outcome(transfer);
        buffer.close();
        foreign.close();
    }

    @Test
    @DisplayName("C16: overlap, alignment and length limits are told before anything is queued")
    default void shouldRefuseWhatDoesNotFit() {
        TestBench bench = bench();
        DmaChannel channel = bench.channel(Capability.MEMCPY);
        int align = bench.description().copyAlignBytes();
        MemorySegment source = bench.source(4096);
        assertEquals(Reason.BOUNDS, refusal(bench, channel, bench.target(64), source));
        assertEquals(Reason.OVERLAP, refusal(bench, channel, source, source));
        assertThrows(
                PrepRefusedException.class,
                () -> channel.tryMemcpy(bench.target(4096), 1, source, 0, 4096));
        assumeTrue(align > 1, "the engine asks for no alignment");
        assertEquals(
                Reason.ALIGNMENT,
                refusal(bench, channel, bench.target(4096).asSlice(1), source.asSlice(0, align)));
    }
}
