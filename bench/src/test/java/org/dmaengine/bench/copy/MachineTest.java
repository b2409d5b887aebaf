package org.dmaengine.bench.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.dmaengine.bench.Skip;
import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void shouldReadTheSizeOfACache() {
        assertThat(Cache.bytes("32768K\n")).isEqualTo(32L << 20);
        assertThat(Cache.bytes("96M\n")).isEqualTo(96L << 20);
        assertThat(Cache.bytes("512\n")).isEqualTo(512);
    }

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
