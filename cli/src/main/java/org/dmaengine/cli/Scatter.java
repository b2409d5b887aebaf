package org.dmaengine.cli;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The memory of one transfer: some segments of a buffer, in the order in which they are moved,
 * which need not be that in which they lie. No other byte of the buffer may be touched.
 *
 * @param buffer all of it
 * @param segments slices of it that do not overlap
 */
record Scatter(MemorySegment buffer, List<MemorySegment> segments) {

    /** So many bytes, cut and laid out at random, all at multiples of a number of bytes. */
    static Scatter random(
            RandomGenerator random,
            MemorySegment buffer,
            long lengthBytes,
            int segmentsMax,
            long alignBytes) {
        long units = lengthBytes / alignBytes;
        int count = (int) Math.min(units, random.nextInt(1, segmentsMax + 1));
        long[] cuts = cuts(random, units - count, count - 1);
        long[] gaps = cuts(random, buffer.byteSize() / alignBytes - units, count);
        List<MemorySegment> segments = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < count; i++) {
            // The cuts are drawn from what is left when each has one unit.
            long length = 1 + width(cuts, i, units - count);
            at += gaps[i] - (i == 0 ? 0 : gaps[i - 1]);
            segments.add(random.nextInt(i + 1), slice(buffer, at, length, alignBytes));
            at += length;
        }
        return new Scatter(buffer, List.copyOf(segments));
    }

    /** One segment. */
    static Scatter of(MemorySegment buffer, long offset, long lengthBytes) {
        return new Scatter(buffer, List.of(buffer.asSlice(offset, lengthBytes)));
    }

    private static long[] cuts(RandomGenerator random, long most, int count) {
        long[] cuts = new long[count];
        Arrays.setAll(cuts, _ -> random.nextLong(most + 1));
        Arrays.sort(cuts);
        return cuts;
    }

    private static long width(long[] cuts, int index, long most) {
        long begin = index == 0 ? 0 : cuts[index - 1];
        return (index == cuts.length ? most : cuts[index]) - begin;
    }

    private static MemorySegment slice(MemorySegment buffer, long at, long length, long align) {
        return buffer.asSlice(at * align, length * align);
    }

    long lengthBytes() {
        return segments.stream().mapToLong(MemorySegment::byteSize).sum();
    }

    /** Where its first segment lies. */
    long offsetBytes() {
        return from(segments.getFirst());
    }

    /** Makes it the source of what stands at a position. */
    void fillAsSource(long position) {
        Pattern.fill(buffer, 0, buffer.byteSize(), Pattern.SOURCE);
        long at = position;
        for (MemorySegment each : segments) {
            Content.fill(buffer, from(each), to(each), at);
            at += each.byteSize();
        }
    }

    /** Such a source must be as it was. To be asked once: its segments are wiped. */
    Optional<String> checkSource(long position) {
        Optional<String> wrong = Optional.empty();
        long at = position;
        for (MemorySegment each : segments) {
            long from = at;
            wrong = wrong.or(() -> Content.check("source", buffer, from(each), to(each), from));
            at += each.byteSize();
        }
        return wrong.or(() -> checkRest("source", Pattern.SOURCE));
    }

    /** Makes it the target of a transfer. */
    void fillAsTarget() {
        Pattern.fill(buffer, 0, buffer.byteSize(), Pattern.TARGET);
        for (MemorySegment each : segments) {
            Pattern.fill(buffer, from(each), to(each), Pattern.TARGET | Pattern.OVERWRITE);
        }
    }

    /**
     * Such a target must hold so many bytes of what stands at a position, and nothing else. To be
     * asked once: its segments are wiped.
     */
    Optional<String> checkTarget(long bytes, long position) {
        return checkMoved(bytes, position, true);
    }

    /** The same, where what is behind those bytes in the segments may have been wiped. */
    Optional<String> checkTargetBegin(long bytes, long position) {
        return checkMoved(bytes, position, false);
    }

    private Optional<String> checkMoved(long bytes, long position, boolean isRestUntouched) {
        Optional<String> wrong = Optional.empty();
        long moved = 0;
        for (MemorySegment each : segments) {
            long from = from(each);
            long end = from + Math.clamp(bytes - moved, 0, each.byteSize());
            long at = position + moved;
            wrong =
                    wrong.or(() -> Content.check("target", buffer, from, end, at))
                            .or(() -> checkUntouched(end, isRestUntouched ? to(each) : end));
            moved += each.byteSize();
        }
        return wrong.or(() -> checkRest("target", Pattern.TARGET));
    }

    private Optional<String> checkUntouched(long from, long to) {
        return Pattern.check("target", buffer, from, to, Pattern.TARGET | Pattern.OVERWRITE, from);
    }

    /** All but the segments, which are made like the rest. */
    private Optional<String> checkRest(String side, int mark) {
        segments.forEach(each -> Pattern.fill(buffer, from(each), to(each), mark));
        return Pattern.check(side, buffer, 0, buffer.byteSize(), mark, 0);
    }

    private long from(MemorySegment segment) {
        return segment.address() - buffer.address();
    }

    private long to(MemorySegment segment) {
        return from(segment) + segment.byteSize();
    }
}
