package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class PatternTest {
    private static final long BYTES = 10_000;
    private static final long FROM = 4_321;
    private static final long TO = 1_234;
    private static final long LENGTH = 5_000;

    private final MemorySegment source = Arena.ofAuto().allocate(BYTES);
    private final MemorySegment target = Arena.ofAuto().allocate(BYTES);

    @Test
    void shouldMarkEachZoneWithItsBits() {
        Pattern.fillSource(source, FROM, LENGTH);
        Pattern.fillTarget(target, TO, LENGTH);

        assertThat(at(source, 0)).isEqualTo(0x80 | 0x1f);
        assertThat(at(source, 1)).isEqualTo(0x80 | 0x1e);
        assertThat(at(source, FROM) & 0xe0).isEqualTo(0xc0);
        assertThat(at(source, FROM + LENGTH) & 0xe0).isEqualTo(0x80);
        assertThat(at(target, TO - 1) & 0xe0).isZero();
        assertThat(at(target, TO) & 0xe0).isEqualTo(0x20);
        assertThat(at(target, TO + LENGTH) & 0xe0).isZero();
        for (long i = 0; i < BYTES; i++) {
            assertThat(at(source, i) & 0x1f).isEqualTo((int) (~i & 0x1f));
        }
    }

    @Test
    void shouldAcceptRightCopyAndNoOther() {
        fillAndCopy(FROM, TO, LENGTH);
        assertThat(Pattern.checkSource(source, FROM, LENGTH)).isEmpty();
        assertThat(Pattern.checkTarget(target, TO, LENGTH, FROM)).isEmpty();

        fillAndCopy(FROM, TO, LENGTH - 1);
        assertThat(Pattern.checkTarget(target, TO, LENGTH, FROM))
                .hasValueSatisfying(text ->
                        assertThat(text)
                                .contains(
                                        "[0x"
                                                + Long.toHexString(TO + LENGTH - 1)
                                                + "] was not copied"));

        fillAndCopy(FROM, TO, LENGTH + 1);
        assertThat(Pattern.checkTarget(target, TO, LENGTH, FROM))
                .hasValueSatisfying(text -> assertThat(text).contains("and should not"));

        fillAndCopy(FROM + 1, TO, LENGTH);
        assertThat(Pattern.checkTarget(target, TO, LENGTH, FROM)).isPresent();
    }

    @Test
    void shouldSeeOverwrittenSourceAndTouchedTarget() {
        Pattern.fillSource(source, FROM, LENGTH);
        Pattern.fillTarget(target, TO, LENGTH);
        assertThat(Pattern.checkUntouched(target, TO, LENGTH)).isEmpty();

        source.set(ValueLayout.JAVA_BYTE, FROM, (byte) 0);
        target.set(ValueLayout.JAVA_BYTE, TO, (byte) 0xff);

        assertThat(Pattern.checkSource(source, FROM, LENGTH))
                .hasValueSatisfying(text -> assertThat(text).contains("was overwritten"));
        assertThat(Pattern.checkUntouched(target, TO, LENGTH)).isPresent();
        assertThat(Pattern.checkAround(target, TO, LENGTH)).isEmpty();
    }

    private void fillAndCopy(long from, long to, long length) {
        Pattern.fillSource(source, FROM, LENGTH);
        Pattern.fillTarget(target, TO, LENGTH);
        MemorySegment.copy(source, from, target, to, length);
    }

    private static int at(MemorySegment segment, long i) {
        return segment.get(ValueLayout.JAVA_BYTE, i) & 0xff;
    }
}
