package org.dmaengine;

import org.dmaengine.spi.IssuedCopies;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The plain copies that the engine has taken together; one object per channel, filled anew each
 * time. Written under the channel's lock while the engine has none, read by the engine without.
 */
final class CopyRun implements IssuedCopies {
    /** A stop waits for one run at most. */
    static final int COUNT_MAX = 64;

    static final long TOTAL_BYTES_MAX = 256L << 10;

    private final EngineEnd ring;

    // Stored only where they change: submitters read what may stand on the same cache line.
    private @Nullable CopySlots slots;
    private @Nullable Generation generation;
    // Guarded by the lock: a node was made for one of them, so that they end one by one.
    private boolean hasNodes;

    CopyRun(EngineEnd ring) {
        this.ring = ring;
    }

    @SuppressWarnings("ReferenceEquality") // Only whether to store it.
    void begin(
            CopySlots itsSlots, Generation itsGeneration, long first, long end, long totalBytes) {
        if (slots != itsSlots) {
            slots = itsSlots;
        }
        if (generation != itsGeneration) {
            generation = itsGeneration;
        }
        if (hasNodes) {
            hasNodes = false;
        }
        ring.runFirst = first;
        ring.runEnd = end;
        ring.runBytes = totalBytes;
    }

    /** The engine has reported them. */
    void over() {
        ring.runEnd = ring.runFirst;
    }

    boolean isTaken() {
        return ring.runEnd > ring.runFirst;
    }

    boolean contains(long cookie) {
        return cookie >= ring.runFirst && cookie < ring.runEnd;
    }

    long first() {
        return ring.runFirst;
    }

    long end() {
        return ring.runEnd;
    }

    void nodeMade() {
        hasNodes = true;
    }

    boolean hasNodes() {
        return hasNodes;
    }

    Generation generation() {
        Generation known = generation;
        assert known != null : "not taken";
        return known;
    }

    private CopySlots slots() {
        CopySlots known = slots;
        assert known != null : "not taken";
        return known;
    }

    // For the engine.

    @Override
    public int count() {
        return (int) (ring.runEnd - ring.runFirst);
    }

    @Override
    public long totalBytes() {
        return ring.runBytes;
    }

    @Override
    public long ticket(int index) {
        return ring.runFirst + index;
    }

    @Override
    public MemorySegment target(int index) {
        return slots().target(ring.runFirst + index);
    }

    @Override
    public long targetOffset(int index) {
        return slots().targetOffset(ring.runFirst + index);
    }

    @Override
    public MemorySegment source(int index) {
        return slots().source(ring.runFirst + index);
    }

    @Override
    public long sourceOffset(int index) {
        return slots().sourceOffset(ring.runFirst + index);
    }

    @Override
    public long lengthBytes(int index) {
        return slots().lengthBytes(ring.runFirst + index);
    }

    @Override
    public Operation.Memcpy operation(int index) {
        return new Operation.Memcpy()
                .set(
                        target(index),
                        targetOffset(index),
                        source(index),
                        sourceOffset(index),
                        lengthBytes(index));
    }

    @Override
    public boolean stopRequested() {
        return generation().closed;
    }

    @Override
    public String toString() {
        return count() + " copies from cookie " + first();
    }
}
