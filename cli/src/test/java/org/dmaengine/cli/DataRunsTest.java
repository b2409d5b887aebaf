package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

class DataRunsTest {
    private record Run(long offset, long length) {}

    @Test
    void shouldWriteNothingOfZerosOnly() {
        assertThat(runs(new byte[1 << 20])).isEmpty();
    }

    @Test
    void shouldNotMakeHolesThatAreTooSmall() {
        byte[] data = new byte[DataRuns.HOLE_BYTES + DataRuns.UNIT_BYTES];
        data[0] = 1;
        data[data.length - 1] = 1;

        assertThat(runs(data)).containsExactly(new Run(0, data.length));
        assertThat(runs(new byte[100])).containsExactly(new Run(0, 100));
    }

    @RepeatedTest(50)
    void shouldLeaveOutOnlyZeros() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] data = new byte[random.nextInt(1, 300_000)];
        int pieces = random.nextInt(6);
        for (int i = 0; i < pieces; i++) {
            int from = random.nextInt(data.length);
            int to = Math.min(data.length, from + random.nextInt(1, 40_000));
            Arrays.fill(data, from, to, (byte) 7);
        }
        byte[] target = new byte[data.length];
        List<Run> runs = runs(data);
        for (Run run : runs) {
            System.arraycopy(data, (int) run.offset, target, (int) run.offset, (int) run.length);
        }

        assertThat(target).as("seed %d", seed).isEqualTo(data);
        assertThat(runs).as("seed %d", seed).hasSizeLessThanOrEqualTo(DataRuns.most(data.length));
        assertThat(runs).allSatisfy(run -> assertThat(run.length).isPositive());
    }

    private static List<Run> runs(byte[] data) {
        List<Run> runs = new ArrayList<>();
        DataRuns.find(MemorySegment.ofArray(data), (at, length) -> runs.add(new Run(at, length)));
        return runs;
    }
}
