package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The buffers of a piece that has several: an array of {@code struct iovec}, and behind it a {@code
 * struct msghdr} that points to it. The kernel reads both until the piece is over (E10), so each
 * request has its own. Of the worker's thread alone.
 */
final class BufferVector {
    /** Buffers of one piece. */
    static final int BUFFERS_MAX = 16;

    private static final long HEADER = (long) BUFFERS_MAX * IOVEC_SIZE;

    private final MemorySegment memory;
    private int count;
    private long bytes;

    BufferVector(Arena arena) {
        memory = arena.allocate(HEADER + MSGHDR_SIZE, Long.BYTES);
        memory.set(ValueLayout.JAVA_LONG, HEADER + MSGHDR_IOV, memory.address());
    }

    /** Takes what comes next of these segments, from there in the first, up to so many bytes. */
    void fill(List<MemorySegment> segments, int first, long offsetBytes, long mostBytes) {
        long from = offsetBytes;
        count = 0;
        bytes = 0;
        for (int i = first; i < segments.size() && count < BUFFERS_MAX && bytes < mostBytes; i++) {
            MemorySegment each = segments.get(i);
            long length = Math.min(each.byteSize() - from, mostBytes - bytes);
            // Empty ones alone would be a read of nothing, which looks like an end.
            if (length > 0) {
                add(each.address() + from, length);
            }
            from = 0;
        }
        memory.set(ValueLayout.JAVA_LONG, HEADER + MSGHDR_IOVLEN, count);
    }

    private void add(long address, long length) {
        long at = (long) count * IOVEC_SIZE;
        memory.set(ValueLayout.JAVA_LONG, at, address);
        memory.set(ValueLayout.JAVA_LONG, at + IOVEC_LEN, length);
        count++;
        bytes += length;
    }

    /** How many buffers it has. */
    int count() {
        return count;
    }

    /** How long they are together. */
    long bytes() {
        return bytes;
    }

    /** Of the array of {@code struct iovec}. */
    long address() {
        return memory.address();
    }

    /** Of the {@code struct msghdr}. */
    long headerAddress() {
        return memory.address() + HEADER;
    }
}
