package org.dmaengine.bench.start;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StartSuiteTest {
    @Test
    void shouldGiveTheJvmAloneTheOptionsOfOurs() {
        assertThat(StartSuite.jvm(" -Xshare:off  -Xint\n"))
                .containsSubsequence("-Xshare:off", "-Xint", "-version")
                .hasSize(4);
        assertThat(StartSuite.jvm("")).hasSize(2);
    }
}
