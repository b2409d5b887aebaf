package org.dmaengine.bench.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;

class AccessTest {
    private static final long FILE_BYTES = 10 << 20;

    @Test
    void shouldSayHowAFileIsAccessed() {
        assertThat(Access.random(32, false).title())
                .isEqualTo("cached 4 KiB random reads, depth 32");
        assertThat(Access.stream(true).title()).isEqualTo("direct 1 MiB stream writes, depth 8");
    }

    @Test
    void shouldGoThroughTheFileInSequenceAndBeginAgain() {
        Access.Offsets offsets = new Access.Offsets(Access.stream(false), FILE_BYTES);
        for (int block = 0; block < 10; block++) {
            assertThat(offsets.next()).isEqualTo((long) block << 20);
        }
        assertThat(offsets.next()).isZero();
    }

    @Test
    void shouldStayInsideTheFileAtRandom() {
        Access.Offsets offsets = new Access.Offsets(Access.random(1, true), FILE_BYTES);
        for (int i = 0; i < 10_000; i++) {
            assertThat(offsets.next())
                    .isBetween(0L, FILE_BYTES - 4096)
                    .matches(at -> at % 4096 == 0);
        }
    }

    @Test
    void shouldGiveWholePagesToEachBlock() {
        assertThat(Access.random(3, true).buffers(3))
                .hasSize(3)
                .allMatch(block -> block.alignmentOffset(0, 4096) == 0)
                .allMatch(block -> block.capacity() == 4096);
    }

    @Test
    void shouldBeginAStreamWhereAHugePageCan() {
        List<ByteBuffer> blocks = Access.stream(false).buffers(8);
        for (int i = 0; i < 8; i++) {
            assertThat(blocks.get(i).alignmentOffset(0, 2 << 20)).isEqualTo(i % 2 << 20);
            assertThat(blocks.get(i).capacity()).isEqualTo(1 << 20);
        }
    }
}
