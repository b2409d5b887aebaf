package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;

class ProcessorTimesTest {
    private static final long TICK = ProcessorTimes.TICK_NANOS;

    @Test
    void shouldReadWhatTheKernelCounts() {
        ProcessorTimes times = ProcessorTimes.parse("cpu  100 20 30 4000 50 6 7 8 0 0", 11, 12);
        assertThat(times).isEqualTo(new ProcessorTimes(120, 43, 8, 11, 12));
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
        ProcessorTimes times = ProcessorTimes.read();
        assertThat(times.ownUserTicks()).isPositive();
        assertThat(times.userTicks()).isGreaterThanOrEqualTo(times.ownUserTicks());
    }
}
