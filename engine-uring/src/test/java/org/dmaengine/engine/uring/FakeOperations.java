package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What each operation of an entry does to its file and to the client's memory. */
final class FakeOperations {
    /** It has to wait: no answer of the kernel. */
    static final int WAITS = Integer.MIN_VALUE;

    private static final int EFAULT = 14;
    private static final int ENOTSOCK = 88;

    private FakeOperations() {}

    /** The result for its completion, or {@link #WAITS}. All but cancels. */
    static int perform(FakeEntry entry) {
        if (entry.operation() == IORING_OP_NOP) {
            return 0;
        }
        FakeOpenFile open = entry.file();
        if (open == null) {
            return -Errno.EBADF;
        }
        FakeFile file = open.file();
        return switch (entry.operation()) {
            case IORING_OP_READ, IORING_OP_READV, IORING_OP_WRITE, IORING_OP_WRITEV ->
                    transfer(entry, file);
            case IORING_OP_READ_FIXED, IORING_OP_WRITE_FIXED ->
                    entry.isInBuffer() ? transfer(entry, file) : -EFAULT;
            case IORING_OP_POLL_ADD -> poll(entry, file);
            case IORING_OP_FSYNC ->
                    file instanceof FakeRegularFile regular ? regular.sync() : -Errno.EINVAL;
            case IORING_OP_FALLOCATE ->
                    file instanceof FakeRegularFile regular
                            ? regular.allocate(entry.length(), entry.offset(), entry.address())
                            : -Errno.EINVAL;
            case IORING_OP_SHUTDOWN -> -ENOTSOCK;
            default -> -Errno.EINVAL;
        };
    }

    private static int transfer(FakeEntry entry, FakeFile file) {
        if (entry.mayNotWait() && file.isCold()) {
            return -Errno.EAGAIN;
        }
        int moved = 0;
        for (MemorySegment buffer : buffers(entry)) {
            long at = entry.offset() + moved;
            int count = entry.isRead() ? file.read(buffer, at) : file.write(buffer, at);
            if (count < 0 && moved == 0) {
                return count == -Errno.EAGAIN && mayWait(entry, file) ? WAITS : count;
            }
            moved += Math.max(count, 0);
            if (count < buffer.byteSize()) {
                break;
            }
        }
        return moved;
    }

    private static boolean mayWait(FakeEntry entry, FakeFile file) {
        return !entry.mayNotWait() && (file.openFlags() & FakeFile.O_NONBLOCK) == 0;
    }

    /**
     * The client's memory. A vector is read when the bytes are moved, and not when it is taken:
     * that is allowed to a kernel, and shows whether it lives that long (E10).
     */
    static List<MemorySegment> buffers(FakeEntry entry) {
        if (!entry.isVectored()) {
            return List.of(
                    FakeMemory.at(entry.address(), Math.min(entry.length(), entry.bytesMax())));
        }
        long left = entry.bytesMax();
        MemorySegment vector = FakeMemory.at(entry.address(), (long) entry.length() * IOVEC_SIZE);
        List<MemorySegment> buffers = new ArrayList<>();
        for (long at = 0; at < vector.byteSize() && left > 0; at += IOVEC_SIZE) {
            long length = Math.min(left, vector.get(ValueLayout.JAVA_LONG, at + IOVEC_LEN));
            buffers.add(FakeMemory.at(vector.get(ValueLayout.JAVA_LONG, at), length));
            left -= length;
        }
        return buffers;
    }

    private static int poll(FakeEntry entry, FakeFile file) {
        boolean reading = (entry.operationFlags() & POLLIN) != 0;
        return file.wouldWait(reading) ? WAITS : entry.operationFlags();
    }
}
