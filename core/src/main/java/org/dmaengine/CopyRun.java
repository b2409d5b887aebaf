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

    private @Nullable CopySlots slots;
    private @Nullable Generation generation;
    private long first;
    private int count;
    private long totalBytes;

    // Guarded by the lock: a node was made for one of them, so that they end one by one.
    private boolean hasNodes;

    void begin(CopySlots itsSlots, Generation itsGeneration, long firstCookie) {
        slots = itsSlots;
        generation = itsGeneration;
        first = firstCookie;
        count = 0;
        totalBytes = 0;
        hasNodes = false;
    }

    /** Takes one more, unless the run is full. */
    boolean take(long lengthBytes) {
        if (count == COUNT_MAX || (count > 0 && totalBytes + lengthBytes > TOTAL_BYTES_MAX)) {
            return false;
        }
        count++;
        totalBytes += lengthBytes;
        return true;
    }

    /** The engine has reported them. */
    void over() {
        count = 0;
    }

    boolean isTaken() {
        return count > 0;
    }

    boolean contains(long cookie) {
        return cookie >= first && cookie < end();
    }

    long first() {
        return first;
    }

    long end() {
        return first + count;
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
        return count;
    }

    @Override
    public long totalBytes() {
        return totalBytes;
    }

    @Override
    public long ticket(int index) {
        return first + index;
    }

    @Override
    public MemorySegment target(int index) {
        return slots().target(first + index);
    }

    @Override
    public long targetOffset(int index) {
        return slots().targetOffset(first + index);
    }

    @Override
    public MemorySegment source(int index) {
        return slots().source(first + index);
    }

    @Override
    public long sourceOffset(int index) {
        return slots().sourceOffset(first + index);
    }

    @Override
    public long lengthBytes(int index) {
        return slots().lengthBytes(first + index);
    }

    @Override
    public boolean stopRequested() {
        return generation().closed;
    }

    @Override
    public String toString() {
        return count + " copies from cookie " + first;
    }
}
