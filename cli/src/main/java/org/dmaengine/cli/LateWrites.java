package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Looks for writes that come after a receipt said that a buffer is free. Such a buffer is poisoned
 * and left alone for a while; whatever changes it then is an engine, kernel or device that was not
 * done with it. The one unforgivable fault (P5).
 */
final class LateWrites {
    /** Buffers kept back; a late write has this many rounds to show itself. */
    private static final int KEPT_MAX = 256;

    private static final int KEPT_MIN = 32;

    /** So many of them are looked at in each round; each is once more before it is used again. */
    private static final int LOOKS = 16;

    private record Poisoned(MemorySegment buffer, byte value, String transfer) {}

    private final Deque<Poisoned> kept = new ArrayDeque<>();
    private final TestTally tally;
    private final long keptMax;
    private byte valueNext = 1;
    private int looked;

    LateWrites(TestTally tally) {
        this(tally, KEPT_MAX);
    }

    /** Keeps back as many as wanted, within reason. */
    LateWrites(TestTally tally, long keptWanted) {
        this.tally = tally;
        this.keptMax = Math.clamp(keptWanted, KEPT_MIN, KEPT_MAX);
    }

    /** This buffer is free, it was said: from here on nobody writes to it. */
    void freed(MemorySegment buffer, String transfer) {
        byte value = valueNext++;
        buffer.fill(value);
        kept.addLast(new Poisoned(buffer, value, transfer));
    }

    /**
     * A buffer that was kept for long enough and stayed as it was, to be used again; null while
     * there are too few.
     */
    @Nullable MemorySegment reuse() {
        if (kept.size() < keptMax) {
            return null;
        }
        Poisoned oldest = kept.removeFirst();
        check(oldest);
        return oldest.buffer;
    }

    /** Looks at some of those that are kept, by turns. */
    void lookAgain() {
        looked = looked < kept.size() ? looked : 0;
        kept.stream().skip(looked).limit(LOOKS).forEach(this::check);
        looked += LOOKS;
    }

    /** Looks at all that are kept. */
    void checkAll() {
        kept.forEach(this::check);
    }

    private void check(Poisoned poisoned) {
        MemorySegment buffer = poisoned.buffer;
        // Right at the start, and each byte like the one before it.
        long length = buffer.byteSize();
        long wrong =
                buffer.get(ValueLayout.JAVA_BYTE, 0) == poisoned.value
                        ? MemorySegment.mismatch(buffer, 0, length - 1, buffer, 1, length)
                        : 0;
        if (wrong >= 0) {
            tally.lateWrite();
            throw new TestFailure(
                    "late write: byte 0x%x changed after the buffer of %s was reported free"
                            .formatted(wrong, poisoned.transfer),
                    0,
                    wrong,
                    length,
                    1);
        }
    }
}
