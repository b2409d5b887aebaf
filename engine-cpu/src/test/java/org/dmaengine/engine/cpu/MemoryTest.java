package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import org.dmaengine.Capability;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.InterleavedTemplate.Chunk;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

class MemoryTest {
    private static final int GUARD = 64;
    private static final byte FREE = 0x55;

    @ParameterizedTest
    @ValueSource(strings = {"workers", "inline"})
    void shouldCopyEveryByteAndNoOther(String mode) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (CpuBench bench = CpuBench.open("mode", mode);
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(6 << 20);
            MemorySegment target = bench.memory(6 << 20);
            for (int round = 0; round < 60; round++) {
                int length = 1 + random.nextInt(round % 10 == 0 ? 5 << 20 : 3 << round % 17);
                int from = random.nextInt(4096);
                int to = GUARD + random.nextInt(4096);
                target.fill(FREE);
                Transfer transfer =
                        CpuBench.issue(
                                channel,
                                channel.prepMemcpy(
                                        target.asSlice(to, length), source.asSlice(from, length)));
                assertThat(transfer.await().isWhole()).as("seed %d", seed).isTrue();
                assertThat(mismatch(target, to, source, from, length))
                        .as("length %d, seed %d", length, seed)
                        .isEqualTo(-1);
                assertFree(target.asSlice(to - GUARD, GUARD), seed);
                assertFree(target.asSlice(to + length, GUARD), seed);
            }
        }
    }

    private static long mismatch(
            MemorySegment target, long to, MemorySegment source, long from, long length) {
        return MemorySegment.mismatch(target, to, to + length, source, from, from + length);
    }

    private static void assertFree(MemorySegment guard, long seed) {
        for (long i = 0; i < guard.byteSize(); i++) {
            assertThat(guard.get(JAVA_BYTE, i))
                    .as("guard byte %d, seed %d", i, seed)
                    .isEqualTo(FREE);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 63, 4033, 262_145, 5_000_001})
    void shouldFillEveryByteAndNoOther(long length) {
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.MEMSET)) {
            MemorySegment all = bench.memory(length + 2 * GUARD, FREE);
            MemorySegment target = all.asSlice(GUARD, length);
            TransferResult result =
                    CpuBench.issue(channel, channel.prepMemset(target, (byte) 9)).await();
            assertThat(result.isWhole()).isTrue();
            assertThat(target.mismatch(bench.memory(length, 9))).isEqualTo(-1);
            assertFree(all.asSlice(0, GUARD), 0);
            assertFree(all.asSlice(GUARD + length), 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000})
    void shouldInterleaveAndLeaveTheGaps(int frames) {
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.INTERLEAVED)) {
            List<Chunk> row = List.of(new Chunk(5, 3, 1), new Chunk(17, 0, 2), new Chunk(1, 6, 4));
            MemorySegment source = bench.pattern(32L * frames);
            MemorySegment target = bench.memory(30L * frames, FREE);
            MemorySegment expected = bench.memory(30L * frames, FREE);
            InterleavedTemplate template = new InterleavedTemplate(source, target, frames, row);
            interleaveSimply(template, expected);
            TransferResult result =
                    CpuBench.issue(channel, channel.prepInterleaved(template)).await();
            assertThat(result.isWhole()).isTrue();
            assertThat(result.bytes()).isEqualTo(23L * frames);
            assertThat(target.mismatch(expected)).isEqualTo(-1);
        }
    }

    private static void interleaveSimply(InterleavedTemplate template, MemorySegment target) {
        long from = 0;
        long to = 0;
        for (int frame = 0; frame < template.frames(); frame++) {
            for (Chunk chunk : template.chunks()) {
                MemorySegment.copy(template.source(), from, target, to, chunk.lengthBytes());
                from += chunk.lengthBytes() + chunk.sourceGapBytes();
                to += chunk.lengthBytes() + chunk.targetGapBytes();
            }
        }
    }

    @Test
    void shouldMoveInterleavedFromAnyPlaceInAnyPiece() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (CpuBench bench = CpuBench.open()) {
            List<Chunk> row = List.of(new Chunk(50, 3, 1), new Chunk(170, 0, 2));
            MemorySegment source = bench.pattern(223 * 40);
            MemorySegment target = bench.memory(223 * 40, FREE);
            MemorySegment expected = bench.memory(223 * 40, FREE);
            InterleavedTemplate template = new InterleavedTemplate(source, target, 40, row);
            interleaveSimply(template, expected);
            long moved = 0;
            while (moved < template.lengthBytes()) {
                long piece = 1L + random.nextInt(400);
                long bytes = MemoryMove.interleave(template, moved, piece);
                assertThat(bytes).as("seed %d", seed).isBetween(1L, piece);
                moved += bytes;
            }
            assertThat(moved).isEqualTo(template.lengthBytes());
            assertThat(target.mismatch(expected)).as("seed %d", seed).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("C3: completions come in submit order, interrupts among them")
    void shouldCompleteInSubmitOrder() {
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.MEMCPY, Capability.INTERRUPT)) {
            MemorySegment source = bench.pattern(1 << 20);
            MemorySegment target = bench.memory(1 << 20);
            List<Long> ended = new ArrayList<>();
            List<Long> submitted = new ArrayList<>();
            Random random = new Random(4);
            for (int i = 0; i < 500; i++) {
                var descriptor =
                        i % 5 == 0
                                ? channel.prepInterrupt()
                                : copyOf(channel, target, source, 1 + random.nextInt(1 << 20));
                descriptor.onComplete(result -> ended.add(result.cookie()));
                submitted.add(channel.submit(descriptor).cookie());
            }
            channel.issuePending();
            channel.drain();
            assertThat(ended).isEqualTo(submitted);
        }
    }

    private static org.dmaengine.Descriptor copyOf(
            DmaChannel channel, MemorySegment target, MemorySegment source, long length) {
        return channel.prepMemcpy(target, source.asSlice(0, length));
    }

    @Test
    @DisplayName("C5, P4: a copy caught half-way tells how far it came, and touches nothing later")
    void shouldStopCopyInTheMiddleWithItsTrueByteCount() {
        long length = 256L << 20;
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.memory(length, 1);
            MemorySegment target = bench.memory(length);
            Transfer transfer;
            Receipt receipt;
            do {
                // Once more, in the rare case that the copy was over before the termination.
                target.fill((byte) 2);
                transfer = CpuBench.issue(channel, channel.prepMemcpy(target, source));
                while (channel.status(transfer.cookie()).residueBytes() == length) {
                    Thread.onSpinWait();
                }
                receipt = channel.terminateSync();
            } while (transfer.await().outcome() == Outcome.COMPLETE);
            TransferResult result = transfer.await();
            assertThat(result.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(result.bytes()).isBetween(1L, length - 1);
            assertThat(receipt.entry(transfer.cookie()).orElseThrow().bytes())
                    .isEqualTo(result.bytes());
            // What it says is what is there: to the byte, and no later write comes.
            assertThat(target.mismatch(source)).isEqualTo(result.bytes());
            target.asSlice(0, result.bytes()).fill((byte) 2);
            assertThat(target.mismatch(bench.memory(length, 2))).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("C5: what was taken with a batch and not begun is ABORTED with 0 bytes")
    void shouldAbortWholeQueue() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.memory(8 << 20, 1);
            MemorySegment target = bench.memory(8 << 20, 2);
            List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                long length = i == 8 ? 8 << 20 : 100;
                transfers.add(channel.submit(copyOf(channel, target, source, length)));
            }
            channel.issuePending();
            // The small ones at the front, and the first chunks of the long one.
            threads.step();
            channel.terminateAsync();
            threads.step();
            channel.synchronize();
            for (int i = 0; i < 40; i++) {
                TransferResult result = transfers.get(i).result().orElseThrow();
                assertThat(result.outcome())
                        .as("transfer %d", i)
                        .isEqualTo(i < 8 ? Outcome.COMPLETE : Outcome.ABORTED);
                if (i == 8) {
                    assertThat(target.mismatch(source)).isEqualTo(result.bytes());
                    assertThat(result.bytes()).isBetween(1L, 8L << 20);
                } else if (i > 8) {
                    assertThat(result.bytes()).isZero();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("P9: errors name the side: a mapped file that was cut short")
    void shouldNameSideOfFileThatWasCutShort(boolean isTarget, @TempDir Path folder)
            throws IOException {
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.MEMCPY);
                DmaChannel rows = bench.channel(Capability.INTERLEAVED);
                FileChannel file =
                        FileChannel.open(folder.resolve("file"), CREATE_NEW, READ, WRITE);
                Arena shared = Arena.ofShared();
                DmaBuffer mapped =
                        bench.engine.map(file.map(MapMode.READ_WRITE, 0, 4096, shared))) {
            MemorySegment memory = bench.memory(4096);
            MemorySegment target = isTarget ? mapped.segment() : memory;
            MemorySegment source = isTarget ? memory : mapped.segment();
            file.truncate(0);
            InterleavedTemplate template =
                    new InterleavedTemplate(source, target, 1, List.of(new Chunk(64, 0, 0)));
            Transfer copy = CpuBench.issue(channel, channel.prepMemcpy(target, source));
            Transfer row = CpuBench.issue(rows, rows.prepInterleaved(template));
            Outcome expected = isTarget ? Outcome.WRITE_FAILED : Outcome.READ_FAILED;
            assertThat(copy.await().outcome()).isEqualTo(expected);
            assertThat(row.await().outcome()).isEqualTo(expected);
            // Of those that stand together, the first and one behind that is moved alone.
            List<Outcome> told = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 2; i++) {
                long offset = 64L * i;
                channel.tryMemcpy(
                        target, offset, source, offset, 64, (_, outcome, _) -> told.add(outcome));
            }
            channel.issuePending();
            channel.drain();
            assertThat(told).containsExactly(expected, expected);
        }
    }
}
