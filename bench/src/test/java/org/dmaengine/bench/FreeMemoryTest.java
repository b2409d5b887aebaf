package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class FreeMemoryTest {
    @Test
    void shouldReadHowMuchMemoryIsAvailable() {
        String memory =
                "MemTotal:  100 kB\nMemFree:  10 kB\nMemAvailable:   2048 kB\nBuffers: 1 kB\n";

        assertThat(FreeMemory.availableBytes(memory)).isEqualTo(2L << 20);
    }

    @Test
    void shouldSkipWhatHasNoMemory() {
        assertThatExceptionOfType(Skip.class)
                .isThrownBy(() -> FreeMemory.require(1L << 60))
                .withMessageContaining("MiB of memory");
    }
}
