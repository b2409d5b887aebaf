package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.stream.Collectors.toMap;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

class CoresTest {
    // Four cores of two halves each, as Linux numbers them on one kind of machine.
    private static final Map<Integer, List<Integer>> HALVES =
            IntStream.range(0, 8)
                    .boxed()
                    .collect(toMap(core -> core, core -> List.of(core % 4, core % 4 + 4)));

    @Test
    void shouldPairWhatAreNotHalvesOfOneNearNumbersFirst() {
        List<String> pairs = Cores.pairs(HALVES).stream().map(Cores::toString).toList();
        assertThat(pairs)
                .hasSize(8 * 7 / 2 - 4)
                .doesNotHaveDuplicates()
                .startsWith("0 and 1", "1 and 2", "2 and 3")
                .endsWith("0 and 7")
                .doesNotContain("0 and 4", "3 and 7");
    }

    @Test
    void shouldTakeTheNearestTwoWhetherOrNotTheFirstCoreIsOneOfThem() {
        assertThat(
                        Cores.nearest(
                                Cores.pairs(HALVES),
                                pair -> pair.first() == 2 && pair.second() == 3 ? 50 : 400,
                                () -> 0))
                .hasValueSatisfying(pair -> assertThat(pair).hasToString("2 and 3"));
    }

    @Test
    void shouldLookForNoLongerThanSomeSeconds() {
        AtomicLong now = new AtomicLong();
        AtomicLong looks = new AtomicLong();
        assertThat(
                        Cores.nearest(
                                Cores.pairs(HALVES),
                                _ -> looks.incrementAndGet(),
                                () -> now.getAndAdd(1_000_000_000)))
                .isPresent();
        assertThat(looks).hasValue(4);
    }

    @Test
    void shouldFindNoTwoOfOneCore() {
        assertThat(Cores.pairs(Map.of(0, List.of(0, 1), 1, List.of(0, 1)))).isEmpty();
    }
}
