package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmaengine.PrepRefusedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** What prep refuses about memory, with the reason, and what it keeps (C16). */
class MemoryDoorTest {
    private static final PeripheralConfig READ =
            PeripheralConfig.read(
                    Peripheral.of(Channels.newChannel(InputStream.nullInputStream())));
    private static final PeripheralConfig WRITE =
            PeripheralConfig.write(
                    Peripheral.of(Channels.newChannel(OutputStream.nullOutputStream())));

    private final Bench bench = new Bench();

    interface Prep {
        Descriptor on(DmaChannel channel, List<MemorySegment> memory);
    }

    /** An operation on segments of 16 bytes: first those that it writes, then those it reads. */
    record Use(String name, int writes, int reads, Prep prep) {
        int segments() {
            return writes + reads;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Use> uses() {
        List<InterleavedTemplate.Chunk> row = List.of(new InterleavedTemplate.Chunk(4, 4, 4));
        return List.of(
                new Use("copy", 1, 1, (on, m) -> on.prepMemcpy(m.get(0), m.get(1))),
                new Use("fill", 1, 0, (on, m) -> on.prepMemset(m.getFirst(), (byte) 1)),
                new Use("read", 3, 0, (on, m) -> on.prepPeripheralSg(READ, m)),
                new Use("write", 0, 3, (on, m) -> on.prepPeripheralSg(WRITE, m)),
                new Use("cyclic read", 1, 0, (on, m) -> on.prepCyclic(READ, m.get(0), 8, _ -> {})),
                new Use(
                        "cyclic write",
                        0,
                        1,
                        (on, m) -> on.prepCyclic(WRITE, m.get(0), 8, _ -> {})),
                new Use(
                        "interleaved",
                        1,
                        1,
                        (on, m) ->
                                on.prepInterleaved(
                                        new InterleavedTemplate(m.get(1), m.get(0), 2, row))));
    }

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

    /** So many segments, all from one arena. */
    private List<MemorySegment> good(Use use) {
        List<MemorySegment> memory = new ArrayList<>();
        for (int i = 0; i < use.segments(); i++) {
            memory.add(bench.arena.allocate(16));
        }
        return memory;
    }

    @Test
    @DisplayName("C16: each operation that touches memory is looked at below")
    void shouldLookAtEachOperation() {
        List<Class<?>> missing = new ArrayList<>(List.of(Operation.class.getPermittedSubclasses()));
        missing.removeAll(List.of(Operation.Interrupt.class, Operation.PeripheralCommand.class));
        for (Use use : uses()) {
            missing.remove(use.prep().on(bench.channel, good(use)).operation().getClass());
        }

        assertThat(missing).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uses")
    @DisplayName("C16: each segment of a transfer keeps its own arena from being freed")
    void shouldKeepArenaOfEachSegment(Use use) {
        List<DmaArena> arenas = new ArrayList<>();
        List<MemorySegment> memory = new ArrayList<>();
        for (int i = 0; i < use.segments(); i++) {
            arenas.add(DmaArena.open());
            memory.add(arenas.getLast().allocate(16));
        }
        Transfer transfer = bench.submit(use.prep().on(bench.channel, memory));
        bench.channel.issuePending();
        bench.backend.take();

        for (DmaArena each : arenas) {
            assertThatThrownBy(each::close)
                    .as("arena %d", arenas.indexOf(each))
                    .isInstanceOfSatisfying(
                            BuffersInFlightException.class,
                            inFlight ->
                                    assertThat(inFlight.transfers())
                                            .extracting(OwnedTransfer::cookie)
                                            .containsExactly(transfer.cookie()));
        }
        bench.backend.completeAll();
        arenas.forEach(DmaArena::close);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uses")
    @DisplayName("C16: heap and unmapped memory is refused wherever it stands")
    void shouldRefuseEachSegmentThatNobodyKeeps(Use use) {
        MemorySegment heap = MemorySegment.ofArray(new byte[16]);
        MemorySegment unmapped = Arena.ofAuto().allocate(16);
        for (int i = 0; i < use.segments(); i++) {
            List<MemorySegment> memory = good(use);
            for (MemorySegment bad : List.of(heap, unmapped)) {
                memory.set(i, bad);
                expectRefused(Reason.MEMORY, () -> use.prep().on(bench.channel, memory));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uses")
    @DisplayName("Read-only memory may be read, and is refused wherever it would be written")
    void shouldRefuseToWriteReadOnlySegment(Use use) {
        for (int i = 0; i < use.segments(); i++) {
            List<MemorySegment> memory = good(use);
            memory.set(i, memory.get(i).asReadOnly());
            if (i < use.writes()) {
                expectRefused(Reason.DIRECTION, () -> use.prep().on(bench.channel, memory));
            } else {
                assertThat(use.prep().on(bench.channel, memory)).isNotNull();
            }
        }
    }
}
