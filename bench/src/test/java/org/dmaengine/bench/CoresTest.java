package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.util.stream.Collectors.toMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
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

    @Test
    void shouldLeaveOutWhatIsSwitchedOff() {
        assertThat(Cores.usable(List.of(0, 1, 2, 5), List.of(0, 2, 3, 5))).containsExactly(0, 2, 5);
    }

    @Test
    void shouldTakeNothingButTwoThatAreThere() {
        List<Integer> there = List.of(0, 2);
        assertThat(Cores.areTwoOf(there, List.of(2, 0))).isTrue();
        assertThat(Cores.areTwoOf(there, List.of(0, 0))).isFalse();
        assertThat(Cores.areTwoOf(there, List.of(0, 1))).isFalse();
        assertThat(Cores.areTwoOf(there, List.of(0))).isFalse();
        assertThat(Cores.areTwoOf(there, List.of(0, 2, 0))).isFalse();
    }

    @Test
    void shouldKnowNoHalvesWhereTheKernelDoesNotTell() throws IOException {
        assertThat(CoreList.readIfThere("/sys/devices/system/cpu/no-such-list")).isEmpty();
        assertThat(new Cores(9000, 9001).areHalvesOfOne()).isFalse();
    }

    @Test
    @Timeout(60)
    void shouldNotWaitForACoreThatIsNotThere() throws Exception {
        int here = Cores.allowed().getFirst();
        // As many as a mask of the kernel has at most.
        try (PingPong pingPong = new PingPong(new Cores(here, 1023))) {
            assertThatThrownBy(() -> OwnThread.call(pingPong::nanos))
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasStackTraceContaining("nobody is on core 1023");
        }
    }
}
