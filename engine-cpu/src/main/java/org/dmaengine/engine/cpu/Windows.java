package org.dmaengine.engine.cpu;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Walks through segments and gives out windows for single read and write calls: short ones, so that
 * segments of any length fit into byte buffers, and stop is seen between two calls.
 */
final class Windows {
    private final List<MemorySegment> segments;
    private final long windowMaxBytes;
    private int index;
    private long offset;

    Windows(List<MemorySegment> segments, long windowMaxBytes) {
        this.segments = segments;
        this.windowMaxBytes = windowMaxBytes;
        skipEmpty();
    }

    boolean isAtEnd() {
        return index == segments.size();
    }

    /** From where it stands, within one segment. */
    ByteBuffer window(long maxBytes) {
        MemorySegment segment = segments.get(index);
        long bytes = Math.min(Math.min(maxBytes, windowMaxBytes), segment.byteSize() - offset);
        return segment.asSlice(offset, bytes).asByteBuffer();
    }

    void advance(long bytes) {
        offset += bytes;
        if (offset == segments.get(index).byteSize()) {
            offset = 0;
            index++;
            skipEmpty();
        }
    }

    /** Back to the first byte, for another revolution. */
    void rewind() {
        offset = 0;
        index = 0;
        skipEmpty();
    }

    private void skipEmpty() {
        while (index < segments.size() && segments.get(index).byteSize() == 0) {
            index++;
        }
    }
}
