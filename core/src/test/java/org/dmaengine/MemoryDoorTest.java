package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmaengine.PrepRefusedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;

/** What prep refuses about memory, with the reason (C16). */
class MemoryDoorTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static void expectRefused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PrepRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @Test
    @DisplayName("C16: heap memory, on one side and on both")
    void shouldRefuseHeapMemoryWithReason() {
        MemorySegment heap = MemorySegment.ofArray(new byte[Bench.LENGTH_BYTES]);
        MemorySegment otherHeap = MemorySegment.ofArray(new byte[Bench.LENGTH_BYTES]);

        expectRefused(Reason.MEMORY, () -> bench.channel.prepMemcpy(heap, bench.source));
        expectRefused(Reason.MEMORY, () -> bench.channel.prepMemcpy(bench.target, heap));
        expectRefused(Reason.MEMORY, () -> bench.channel.prepMemcpy(heap, otherHeap));
        expectRefused(Reason.MEMORY, () -> bench.channel.tryMemcpy(heap, 0, otherHeap, 0, 8));
        expectRefused(Reason.MEMORY, () -> bench.channel.prepMemset(heap, (byte) 0));
    }

    @Test
    @DisplayName("C16: confined and unmapped memory")
    void shouldRefuseForeignMemory() {
        try (Arena confined = Arena.ofConfined();
                Arena shared = Arena.ofShared()) {
            MemorySegment mine = confined.allocate(8);
            MemorySegment unmapped = shared.allocate(8);
            expectRefused(Reason.MEMORY, () -> bench.channel.prepMemset(mine, (byte) 0));
            expectRefused(Reason.MEMORY, () -> bench.channel.prepMemset(unmapped, (byte) 0));
            assertThatThrownBy(() -> bench.channel.prepMemset(unmapped, (byte) 0))
                    .hasMessageContaining("map");
        }
    }

    @Test
    @DisplayName("Bounds, overlap and direction, on the descriptor's way and on the hot path")
    void shouldRefuseWhatDoesNotFit() {
        MemorySegment memory = bench.arena.allocate(64);
        DmaChannel channel = bench.channel;

        expectRefused(Reason.BOUNDS, () -> channel.prepMemcpy(memory.asSlice(0, 8), bench.source));
        expectRefused(Reason.BOUNDS, () -> channel.prepMemcpy(bench.target, memory.asSlice(0, 0)));
        expectRefused(Reason.BOUNDS, () -> channel.tryMemcpy(memory, 60, bench.source, 0, 8));
        expectRefused(Reason.BOUNDS, () -> channel.tryMemcpy(memory, -1, bench.source, 0, 8));
        expectRefused(Reason.BOUNDS, () -> channel.tryMemcpy(memory, 0, bench.source, 60, 8));
        expectRefused(
                Reason.BOUNDS,
                () -> channel.tryMemcpy(memory, Long.MAX_VALUE, bench.source, 0, Long.MAX_VALUE));
        expectRefused(Reason.BOUNDS, () -> channel.tryMemcpy(memory, 0, bench.source, 0, 0));
        expectRefused(Reason.OVERLAP, () -> channel.tryMemcpy(memory, 0, memory, 7, 8));
        expectRefused(
                Reason.OVERLAP,
                () -> channel.prepMemcpy(memory.asSlice(0, 40), memory.asSlice(8, 40)));
        assertThat(channel.tryMemcpy(memory, 0, memory, 8, 8)).as("side by side").isPositive();
        expectRefused(
                Reason.DIRECTION,
                () -> channel.tryMemcpy(memory.asReadOnly(), 0, bench.source, 0, 8));
        expectRefused(Reason.DIRECTION, () -> channel.prepMemset(memory.asReadOnly(), (byte) 1));
    }

    @Test
    @DisplayName("Alignment and length limits of the engine")
    void shouldRefuseWhatEngineCannotAlign() {
        EngineDescription strict =
                new EngineDescription(
                        "strict",
                        "aligned",
                        EnumSet.of(Capability.MEMCPY),
                        ManualEngine.everyRow(),
                        ResidueGranularity.DESCRIPTOR,
                        8,
                        32,
                        1);
        try (Bench aligned = new Bench(new ManualEngine(strict), request -> request)) {
            MemorySegment memory = aligned.arena.allocate(64, 8);
            expectRefused(
                    Reason.ALIGNMENT,
                    () -> aligned.channel.tryMemcpy(aligned.target, 4, memory, 0, 8));
            expectRefused(
                    Reason.ALIGNMENT,
                    () -> aligned.channel.tryMemcpy(aligned.target, 0, memory, 0, 12));
            expectRefused(
                    Reason.BOUNDS,
                    () -> aligned.channel.tryMemcpy(aligned.target, 0, memory, 0, 40));
            expectRefused(Reason.BOUNDS, () -> aligned.channel.prepMemcpy(aligned.target, memory));
            assertThat(aligned.channel.tryMemcpy(aligned.target, 8, memory, 16, 32)).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("Interleaved: overlap and span are refused")
    void shouldRefuseImpossibleTemplate() {
        var chunk = new InterleavedTemplate.Chunk(8, 8, 0);
        MemorySegment memory = bench.arena.allocate(64);

        expectRefused(
                Reason.BOUNDS,
                () -> new InterleavedTemplate(memory, bench.target, 5, List.of(chunk)));
        expectRefused(
                Reason.OVERLAP,
                () ->
                        bench.channel.prepInterleaved(
                                new InterleavedTemplate(memory, memory, 2, List.of(chunk))));
        Descriptor fits =
                bench.channel.prepInterleaved(
                        new InterleavedTemplate(memory, bench.target, 4, List.of(chunk)));
        assertThat(fits.operation().lengthBytes()).isEqualTo(32);
    }
}
