package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * E10: lists of buffers are read by the kernel when it likes, and live until it has told the end.
 */
@Timeout(60)
class VectorTest {
    private static final int TRANSFERS = 12;
    private static final int SEGMENTS = 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("E10: the list of a piece is not used again before the piece is over")
    void shouldKeepVectorUntilPieceIsOver(long seed) {
        Random random = new Random(seed);
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            // The kernel reads a list only when it goes on with its entry.
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            FakeFileChannel file = bench.file(100_000);
            DmaChannel channel = bench.channel();
            List<MemorySegment[]> targets = new ArrayList<>();
            List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < TRANSFERS; i++) {
                targets.add(segments(bench, random));
                transfers.add(FakeBench.read(channel, file, i * 5_000L, targets.get(i)));
            }
            bench.entries(TRANSFERS, FakeEntry::isTransfer);
            while (transfers.stream().anyMatch(each -> each.result().isEmpty())) {
                List<FakeEntry> held = new ArrayList<>(bench.entriesNow(FakeEntry::isTransfer));
                Set<Long> addresses = new HashSet<>();
                held.forEach(each -> addresses.add(each.address()));
                assertThat(addresses).as("seed %d", seed).hasSameSizeAs(held);
                Collections.shuffle(held, random);
                held.stream().limit(3).forEach(each -> each.run(1 + random.nextInt(3_000)));
                bench.round();
            }
            byte[] all = FakeBench.bytes(100_000);
            for (int i = 0; i < TRANSFERS; i++) {
                assertThat(bench.outcome(transfers.get(i)).isWhole()).isTrue();
                int at = i * 5_000;
                for (MemorySegment each : targets.get(i)) {
                    int length = (int) each.byteSize();
                    assertThat(FakeBench.bytes(each))
                            .as("seed %d, transfer %d", seed, i)
                            .isEqualTo(Arrays.copyOfRange(all, at, at + length));
                    at += length;
                }
            }
        }
    }

    @Test
    @DisplayName("C2: empty buffers, however many, are not the end of a file")
    void shouldSkipEmptyBuffers() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakeFileChannel file = bench.file(300);
            MemorySegment[] segments = new MemorySegment[40];
            Arrays.setAll(segments, i -> bench.memory(i == 2 || i == 30 ? 100 : 0));
            DmaChannel channel = bench.channel();
            TransferResult result = bench.outcome(FakeBench.read(channel, file, 50, segments));
            assertThat(result.isWhole()).as("%s", result).isTrue();
            byte[] all = FakeBench.bytes(300);
            assertThat(FakeBench.bytes(segments[2])).isEqualTo(Arrays.copyOfRange(all, 50, 150));
            assertThat(FakeBench.bytes(segments[30])).isEqualTo(Arrays.copyOfRange(all, 150, 250));
        }
    }

    private static MemorySegment[] segments(FakeBench bench, Random random) {
        MemorySegment[] segments = new MemorySegment[SEGMENTS];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = bench.memory(1 + random.nextInt(300));
        }
        return segments;
    }
}
