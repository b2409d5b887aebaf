package org.dmaengine.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * The bytes of a file or a stream, by their position: what {@link Pattern} marks as "of the source,
 * shall be copied", but with a counter that starts anew, somewhere, every 32 bytes. Pieces that
 * changed places may look alike in dmatest's pattern; here no two places do within 1 MiB.
 */
final class Content {
    private static final int MARK = Pattern.SOURCE | Pattern.COPY;
    private static final int COUNT_BITS = 5;
    private static final int COUNT_MASK = (1 << COUNT_BITS) - 1;
    private static final int PERIOD_BYTES = 1 << 20;
    private static final MemorySegment STRIP = strip();

    private Content() {}

    /** Fills a range with what stands at this position and behind. */
    static void fill(MemorySegment buffer, long from, long to, long position) {
        long at = from;
        while (at < to) {
            long phase = (position + at - from) % PERIOD_BYTES;
            long length = Math.min(PERIOD_BYTES - phase, to - at);
            MemorySegment.copy(STRIP, phase, buffer, at, length);
            at += length;
        }
    }

    /** A range must hold what stands at this position and behind; says what does not. */
    static Optional<String> check(
            String side, MemorySegment buffer, long from, long to, long position) {
        long at = from;
        while (at < to) {
            long phase = (position + at - from) % PERIOD_BYTES;
            long length = Math.min(PERIOD_BYTES - phase, to - at);
            long wrong =
                    MemorySegment.mismatch(buffer, at, at + length, STRIP, phase, phase + length);
            if (wrong >= 0) {
                return Optional.of(
                        Pattern.wrong(
                                side,
                                at + wrong,
                                STRIP.get(ValueLayout.JAVA_BYTE, phase + wrong),
                                buffer.get(ValueLayout.JAVA_BYTE, at + wrong)));
            }
            at += length;
        }
        return Optional.empty();
    }

    private static MemorySegment strip() {
        byte[] bytes = new byte[PERIOD_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            // The top five bits of a product with the golden ratio: as good as random.
            int begin = ((i >> COUNT_BITS) * 0x9e3779b9) >>> (Integer.SIZE - COUNT_BITS);
            bytes[i] = (byte) (MARK | ((begin - i) & COUNT_MASK));
        }
        return MemorySegment.ofArray(bytes).asReadOnly();
    }
}
