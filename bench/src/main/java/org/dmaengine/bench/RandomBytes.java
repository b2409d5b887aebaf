package org.dmaengine.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * What is copied: other bytes in each turn, so that those of the turn before are not taken for
 * them.
 */
public final class RandomBytes {
    private static final long SEED = 1;

    private final SplittableRandom random = new SplittableRandom(SEED);

    /** Whole words of it; while nothing is in flight. */
    public void fill(MemorySegment source) {
        for (long at = 0; at + Long.BYTES <= source.byteSize(); at += Long.BYTES) {
            source.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
    }

    /**
     * Looks whether they have arrived.
     *
     * @throws IllegalStateException if not
     */
    public static void compare(MemorySegment source, MemorySegment target) {
        if (source.mismatch(target) >= 0) {
            throw new IllegalStateException("the bytes are wrong");
        }
    }
}
