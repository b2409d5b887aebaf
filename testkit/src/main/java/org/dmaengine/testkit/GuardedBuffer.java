package org.dmaengine.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A buffer between two guards, which nobody may touch. */
public final class GuardedBuffer {
    private static final int GUARD_BYTES = 4096;
    private static final byte GUARD = (byte) 0xa9;

    private final String name;
    private final MemorySegment whole;
    private final MemorySegment segment;

    private GuardedBuffer(String name, MemorySegment whole) {
        this.name = name;
        this.whole = whole;
        this.segment = whole.asSlice(GUARD_BYTES, whole.byteSize() - 2L * GUARD_BYTES);
    }

    /** Allocates one, aligned to a page and zeroed. */
    public static GuardedBuffer allocate(String name, Arena arena, long lengthBytes) {
        MemorySegment whole = arena.allocate(lengthBytes + 2L * GUARD_BYTES, GUARD_BYTES);
        whole.asSlice(0, GUARD_BYTES).fill(GUARD);
        whole.asSlice(GUARD_BYTES + lengthBytes).fill(GUARD);
        return new GuardedBuffer(name, whole);
    }

    /** What transfers may use. */
    public MemorySegment segment() {
        return segment;
    }

    /** Fails if a guard was touched, naming the side and the first byte. */
    public void check() {
        check("before", 0);
        check("behind", GUARD_BYTES + segment.byteSize());
    }

    private void check(String side, long from) {
        for (long i = from; i < from + GUARD_BYTES; i++) {
            byte found = whole.get(ValueLayout.JAVA_BYTE, i);
            if (found != GUARD) {
                throw new AssertionError(
                        "%s: the guard %s it was overwritten at offset %d with 0x%02x"
                                .formatted(name, side, i - GUARD_BYTES, found));
            }
        }
    }
}
