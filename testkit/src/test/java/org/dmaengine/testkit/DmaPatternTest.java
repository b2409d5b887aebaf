package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A wrong byte says how it went wrong. */
class DmaPatternTest {
    private final MemorySegment source = MemorySegment.ofArray(new byte[1000]);
    private final MemorySegment target = MemorySegment.ofArray(new byte[1000]);

    @BeforeEach
    void copyTheMiddle() {
        DmaPattern.fillSource(source, 100, 800);
        DmaPattern.fillTarget(target, 50, 800);
        MemorySegment.copy(source, 100, target, 50, 800);
    }

    private void check() {
        DmaPattern.checkTarget("test", target, 50, 800, 800, 100);
        DmaPattern.checkSource("test", source, 100, 800);
    }

    private static void flip(MemorySegment segment, long at, int bits) {
        byte old = segment.get(ValueLayout.JAVA_BYTE, at);
        segment.set(ValueLayout.JAVA_BYTE, at, (byte) (old ^ bits));
    }

    @Test
    void shouldAcceptCopy() {
        assertThatCode(this::check).doesNotThrowAnyException();
    }

    @Test
    void shouldTellThatByteWasNotCopied() {
        flip(target, 70, 0xc0);
        assertThatThrownBy(this::check)
                .hasMessageContaining("offset 70 of 1000")
                .hasMessageContaining("it was not copied");
    }

    @Test
    void shouldTellThatByteCameFromWrongPlace() {
        flip(target, 849, 1);
        assertThatThrownBy(this::check).hasMessageContaining("from the wrong place");
    }

    @Test
    void shouldTellThatByteCameFromOutside() {
        flip(target, 60, 0x40);
        assertThatThrownBy(this::check).hasMessageContaining("outside the source's zone");
    }

    @Test
    void shouldTellThatTooMuchWasCopied() {
        MemorySegment.copy(source, 900, target, 850, 1);
        assertThatThrownBy(this::check)
                .hasMessageContaining("target, outside the transfer")
                .hasMessageContaining("copied though it should not have been");
    }

    @Test
    void shouldTellThatByteWasScribbledOver() {
        flip(target, 0, 3);
        assertThatThrownBy(this::check).hasMessageContaining("changed, and not by a copy");
    }

    @Test
    void shouldTellThatSourceWasOverwritten() {
        flip(source, 500, 0x80);
        assertThatThrownBy(this::check).hasMessageContaining("to be copied");
        flip(source, 500, 0x80);
        flip(source, 5, 0x80);
        assertThatThrownBy(this::check).hasMessageContaining("the source was overwritten");
    }

    @Test
    void shouldCheckPrefixOfAbortedTransfer() {
        DmaPattern.fillTarget(target, 0, 1000);
        MemorySegment.copy(source, 100, target, 0, 300);
        DmaPattern.checkTarget("test", target, 0, 1000, 300, 100);
        assertThatThrownBy(() -> DmaPattern.checkTarget("test", target, 0, 1000, 301, 100))
                .hasMessageContaining("offset 300");
        assertThatThrownBy(() -> DmaPattern.checkTarget("test", target, 0, 1000, 299, 100))
                .hasMessageContaining("target, not reached");
    }
}
