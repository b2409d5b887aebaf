package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class FioTest {
    // As fio 3.33 writes it, shortened.
    private static final String REPORT =
            """
            {
              "jobs" : [
                {
                  "read" : { "bw" : 400000, "iops" : 100000.500000, "runtime" : 1000 },
                  "write" : { "bw" : 0, "iops" : 0.000000, "runtime" : 0 },
                  "usr_cpu" : 10.000000,
                  "sys_cpu" : 40.000000
                }
              ]
            }
            """;

    @Test
    void shouldReadSpeedAndProcessorTimeOutOfAReport() {
        assertThat(Fio.figure(REPORT, Metric.SPEED)).isEqualTo(100_000.5);
        // Half a second for 100,000.
        assertThat(Fio.figure(REPORT, Metric.PROCESSOR)).isBetween(4_999.0, 5_000.0);
    }

    @Test
    void shouldRefuseAReportOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fio.figure("{ \"jobs\" : [] }", Metric.SPEED));
    }

    @Test
    void shouldAskForTheSameAccess() {
        assertThat(Fio.command(Path.of("/data"), Access.random(32, false)))
                .contains("--filename=/data", "--rw=randread", "--bs=4096", "--iodepth=32")
                .contains("--direct=0");
        assertThat(Fio.command(Path.of("/data"), Access.stream(true)))
                .contains("--rw=write", "--bs=1048576", "--direct=1");
    }
}
