package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

class ScatterTest {
    private static final long POSITION = 77_777;

    private final MemorySegment buffer = Arena.ofAuto().allocate(64 << 10);
    private final Scatter memory =
            new Scatter(buffer, List.of(buffer.asSlice(40_000, 6_000), buffer.asSlice(100, 9_000)));

    @BeforeEach
    void fill() {
        memory.fillAsTarget();
    }

    /** As an engine does it that is right. */
    private void move(long bytes, List<MemorySegment> segments) {
        MemorySegment content = MemorySegment.ofArray(new byte[(int) memory.lengthBytes()]);
        Content.fill(content, 0, content.byteSize(), POSITION);
        long moved = 0;
        for (MemorySegment each : segments) {
            long length = Math.clamp(bytes - moved, 0, each.byteSize());
            MemorySegment.copy(content, moved, each, 0, length);
            moved += length;
        }
    }

    @Test
    void shouldAcceptBytesInTheirOrderAndNoOther() {
        for (long bytes : new long[] {0, 1, 5_999, 6_000, 6_001, 15_000}) {
            memory.fillAsTarget();
            move(bytes, memory.segments());
            assertThat(memory.checkTarget(bytes, POSITION)).as("%d bytes", bytes).isEmpty();
        }
    }

    @Test
    void shouldSeeSegmentsThatChangedPlaces() {
        move(15_000, memory.segments().reversed());

        assertThat(memory.checkTarget(15_000, POSITION)).isPresent();
    }

    @Test
    void shouldSeeWrongCounts() {
        move(7_000, memory.segments());
        assertThat(memory.checkTarget(7_001, POSITION))
                .hasValueSatisfying(text -> assertThat(text).contains("was not copied"));

        memory.fillAsTarget();
        move(7_000, memory.segments());
        assertThat(memory.checkTarget(6_999, POSITION))
                .hasValueSatisfying(text -> assertThat(text).contains("should not"));
    }

    @Test
    void shouldLetTheRestOfSegmentsBeWipedWhereAllowed() {
        move(7_000, memory.segments());
        buffer.asSlice(8_000, 1_000).fill((byte) 0);
        assertThat(memory.checkTargetBegin(7_000, POSITION)).isEmpty();

        memory.fillAsTarget();
        move(7_000, memory.segments());
        buffer.set(ValueLayout.JAVA_BYTE, 9_100, (byte) 0xff);
        assertThat(memory.checkTargetBegin(7_000, POSITION)).isPresent();
    }

    @Test
    void shouldSeeEachByteBesideTheSegments() {
        for (long at : new long[] {0, 99, 9_100, 39_999, 46_000, (64 << 10) - 1}) {
            memory.fillAsTarget();
            move(15_000, memory.segments());
            buffer.set(ValueLayout.JAVA_BYTE, at, (byte) 0xff);
            assertThat(memory.checkTarget(15_000, POSITION)).as("at %d", at).isPresent();

            memory.fillAsSource(POSITION);
            buffer.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
            assertThat(memory.checkSource(POSITION)).as("at %d", at).isPresent();
        }
    }

    @Test
    void shouldKeepToLengthAlignmentAndBuffer() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            long align = 1L << random.nextInt(13);
            long length = (1 + random.nextLong(buffer.byteSize() / align)) * align;
            Scatter some = Scatter.random(random, buffer, length, 20, align);

            assertThat(some.lengthBytes()).isEqualTo(length);
            assertThat(some.segments()).hasSizeBetween(1, 20);
            assertThat(some.segments())
                    .allMatch(each -> each.byteSize() % align == 0 && each.byteSize() > 0)
                    .allMatch(each -> (each.address() - buffer.address()) % align == 0);
            // Overlapping segments would not hold what was moved.
            some.fillAsSource(POSITION);
            assertThat(some.checkSource(POSITION)).isEmpty();
        }
    }
}
