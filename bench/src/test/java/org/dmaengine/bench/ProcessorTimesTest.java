package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;

class ProcessorTimesTest {
    private static final long TICK = ProcessorTimes.TICK_NANOS;

    @Test
    void shouldReadWhatTheKernelCountsOfTheTwoCores() {
        String text =
                """
                cpu  111111 1111 1111 11111 1111 111 111 11 0 0
                cpu0 9000 900 900 9000 900 90 90 9 0 0
                cpu1 100 20 30 4000 50 6 7 8 0 0
                cpu2 9000 900 900 9000 900 90 90 9 0 0
                cpu10 2000 100 200 4000 500 10 20 30 0 0
                intr 1 2 3
                """;
        assertThat(ProcessorTimes.parse(text, new Cores(1, 10), 11, 12))
                .isEqualTo(new ProcessorTimes(2220, 273, 38, 11, 12));
        assertThat(ProcessorTimes.parse(text, new Cores(1, 1), 11, 12))
                .isEqualTo(new ProcessorTimes(120, 43, 8, 11, 12));
    }

    @Test
    void shouldReadAProcessWhateverItsName() {
        String stat =
                "42 (a) b (c) S 1 42 42 0 -1 4194304 9 9 9 9 "
                        + "17 5 3 2 20 0 1 0 100 1000 10 184467";
        assertThat(ProcessorTimes.ofProcess(stat)).containsExactly(17 + 3, 5 + 2);
    }

    @Test
    void shouldCountAsOthersWhatIsNotOurs() {
        ProcessorTimes before = new ProcessorTimes(100, 50, 5, 40, 20);
        ProcessorTimes after = new ProcessorTimes(130, 60, 9, 60, 22);
        assertThat(after.othersNanos(before, true)).isEqualTo((10 + 8) * TICK);
        assertThat(after.othersNanos(before, false)).isEqualTo(10 * TICK);
        assertThat(after.stolenNanos(before)).isEqualTo(4 * TICK);
    }

    @Test
    void shouldNotCountLessThanNothing() {
        ProcessorTimes before = new ProcessorTimes(0, 0, 0, 0, 0);
        assertThat(new ProcessorTimes(5, 0, 0, 7, 0).othersNanos(before, true)).isZero();
    }

    @Test
    void shouldSeeThatThisProcessHasRun() throws IOException {
        int core = Cores.allowed().getFirst();
        ProcessorTimes times = ProcessorTimes.read(new Cores(core, core));
        assertThat(times.ownUserTicks()).isPositive();
        assertThat(times.userTicks()).isPositive();
    }
}
