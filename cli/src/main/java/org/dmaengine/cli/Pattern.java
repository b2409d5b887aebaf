package org.dmaengine.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * The test bytes of the kernel's dmatest, each of which says what it is: bit 7 set in the source
 * and clear in the target, bit 6 "shall be copied", bit 5 "shall be overwritten", and in the low
 * five bits a counter that runs backwards with the index. A wrong byte so tells where it came from
 * and where it should have gone.
 */
final class Pattern {
    static final int SOURCE = 0x80;
    static final int TARGET = 0x00;
    static final int COPY = 0x40;
    static final int OVERWRITE = 0x20;
    private static final int COUNT_MASK = 0x1f;
    private static final int TAG_SHIFT = 5;
    private static final int STRIP_BYTES = 4096;
    private static final MemorySegment[] STRIPS = strips();

    private Pattern() {}

    static void fillSource(MemorySegment buffer, long offset, long length) {
        fill(buffer, 0, offset, SOURCE);
        fill(buffer, offset, offset + length, SOURCE | COPY);
        fill(buffer, offset + length, buffer.byteSize(), SOURCE);
    }

    static void fillTarget(MemorySegment buffer, long offset, long length) {
        fill(buffer, 0, offset, TARGET);
        fill(buffer, offset, offset + length, TARGET | OVERWRITE);
        fill(buffer, offset + length, buffer.byteSize(), TARGET);
    }

    /** The source must be as it was, in all its three zones; says what is not. */
    static Optional<String> checkSource(MemorySegment buffer, long offset, long length) {
        return check("source", buffer, 0, offset, SOURCE, 0)
                .or(() -> check("source", buffer, offset, offset + length, SOURCE | COPY, offset))
                .or(() ->
                        check(
                                "source",
                                buffer,
                                offset + length,
                                buffer.byteSize(),
                                SOURCE,
                                offset + length));
    }

    /** The target must hold the source's zone, and be as it was on both sides of it. */
    static Optional<String> checkTarget(
            MemorySegment buffer, long offset, long length, long sourceOffset) {
        return checkAround(buffer, offset, length)
                .or(() ->
                        check(
                                "target",
                                buffer,
                                offset,
                                offset + length,
                                SOURCE | COPY,
                                sourceOffset));
    }

    /** The target must be as it was: the transfer never started. */
    static Optional<String> checkUntouched(MemorySegment buffer, long offset, long length) {
        return checkAround(buffer, offset, length)
                .or(() ->
                        check(
                                "target",
                                buffer,
                                offset,
                                offset + length,
                                TARGET | OVERWRITE,
                                offset));
    }

    /** The zones before and behind must be as they were. */
    static Optional<String> checkAround(MemorySegment buffer, long offset, long length) {
        return check("target", buffer, 0, offset, TARGET, 0)
                .or(() ->
                        check(
                                "target",
                                buffer,
                                offset + length,
                                buffer.byteSize(),
                                TARGET,
                                offset + length));
    }

    /** Marks a zone. */
    static void fill(MemorySegment buffer, long from, long to, int tag) {
        MemorySegment strip = STRIPS[tag >> TAG_SHIFT];
        for (long at = from; at < to; at += STRIP_BYTES) {
            long length = Math.min(STRIP_BYTES, to - at);
            MemorySegment.copy(strip, at & COUNT_MASK, buffer, at, length);
        }
    }

    /** A zone must hold what was marked there, or came from another place; says what does not. */
    static Optional<String> check(
            String side, MemorySegment buffer, long from, long to, int tag, long countFrom) {
        MemorySegment strip = STRIPS[tag >> TAG_SHIFT];
        for (long at = from; at < to; at += STRIP_BYTES) {
            long length = Math.min(STRIP_BYTES, to - at);
            long phase = (countFrom + at - from) & COUNT_MASK;
            long wrong =
                    MemorySegment.mismatch(buffer, at, at + length, strip, phase, phase + length);
            if (wrong >= 0) {
                return Optional.of(
                        wrong(
                                side,
                                at + wrong,
                                strip.get(ValueLayout.JAVA_BYTE, phase + wrong),
                                buffer.get(ValueLayout.JAVA_BYTE, at + wrong)));
            }
        }
        return Optional.empty();
    }

    /**
     * What a zone holds, for each tag, from any phase of the counter; to be copied and compared.
     */
    private static MemorySegment[] strips() {
        MemorySegment[] strips = new MemorySegment[1 << (Byte.SIZE - TAG_SHIFT)];
        for (int tag = 0; tag < strips.length; tag++) {
            byte[] bytes = new byte[STRIP_BYTES + COUNT_MASK + 1];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) ((tag << TAG_SHIFT) | (~i & COUNT_MASK));
            }
            strips[tag] = MemorySegment.ofArray(bytes).asReadOnly();
        }
        return strips;
    }

    /** Tells a wrong byte by what it says of itself. */
    static String wrong(String side, long at, byte expected, byte actual) {
        return "%s[0x%x] %s: expected %02x, got %02x"
                .formatted(
                        side,
                        at,
                        verdict(side.equals("source"), expected & 0xff, actual & 0xff),
                        expected,
                        actual);
    }

    private static String verdict(boolean source, int expected, int actual) {
        if (source) {
            return "was overwritten";
        }
        if ((expected & COPY) != 0 && (actual & (COPY | OVERWRITE)) == OVERWRITE) {
            return "was not copied";
        }
        if ((expected & COPY) == 0 && (actual & SOURCE) != 0) {
            return "was copied to, and should not";
        }
        return (expected & COPY) != 0 && (actual & COPY) == 0
                ? "was copied from the wrong place"
                : "is wrong";
    }
}
