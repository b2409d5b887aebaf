package org.dmaengine.bench.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CacheTest {

    @Test
    void shouldReadTheSizeOfACache() {
        assertThat(Cache.bytes("32768K\n")).isEqualTo(32L << 20);
        assertThat(Cache.bytes("96M\n")).isEqualTo(96L << 20);
        assertThat(Cache.bytes("512\n")).isEqualTo(512);
    }
}
