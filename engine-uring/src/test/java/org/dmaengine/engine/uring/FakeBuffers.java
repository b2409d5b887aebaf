package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/** The registered buffers of one ring, as the kernel keeps them. Under the kernel's lock. */
final class FakeBuffers {
    private static final int EFAULT = 14;

    private record Buffer(long address, long lengthBytes) {}

    private @Nullable Buffer[] buffers = {};

    int open(int places) {
        buffers = new Buffer[places];
        return 0;
    }

    /**
     * @param update {@code struct io_uring_rsrc_update2}
     */
    int update(MemorySegment update) {
        int place = update.get(ValueLayout.JAVA_INT, RSRC_UPDATE2_OFFSET);
        if (update.get(ValueLayout.JAVA_INT, RSRC_UPDATE2_NR) != 1
                || place < 0
                || place >= buffers.length) {
            return -Errno.EINVAL;
        }
        MemorySegment vector =
                FakeMemory.at(update.get(ValueLayout.JAVA_LONG, RSRC_UPDATE2_DATA), IOVEC_SIZE);
        long address = vector.get(ValueLayout.JAVA_LONG, 0);
        long lengthBytes = vector.get(ValueLayout.JAVA_LONG, IOVEC_LEN);
        if (address == 0 && lengthBytes != 0) {
            return -EFAULT;
        }
        buffers[place] = address == 0 ? null : new Buffer(address, lengthBytes);
        return 1;
    }

    boolean holds(int place, long address, long lengthBytes) {
        Buffer buffer = place < buffers.length ? buffers[place] : null;
        return buffer != null
                && address >= buffer.address
                && address + lengthBytes <= buffer.address + buffer.lengthBytes;
    }

    long count() {
        return Arrays.stream(buffers).filter(Objects::nonNull).count();
    }
}
