package org.dmaengine.engine.uring;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** A regular file, or a device like one: bytes with a length, and what was synced and allocated. */
final class FakeRegularFile implements FakeFile {
    private byte[] bytes;
    private int syncs;
    private boolean device;
    private boolean direct;
    private int syncFlags;
    private boolean cold;
    private boolean full;
    private boolean closed;

    FakeRegularFile(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public int mode() {
        return (device ? S_IFCHR : S_IFREG) | 0644;
    }

    @Override
    public int openFlags() {
        return (direct ? O_DIRECT : 0) | syncFlags;
    }

    /** A character device that has positions. */
    FakeRegularFile device() {
        device = true;
        return this;
    }

    /** Opened for direct I/O. */
    FakeRegularFile direct() {
        direct = true;
        return this;
    }

    /** Opened so that what is written is on disk, with O_SYNC or O_DSYNC. */
    FakeRegularFile synced(int flags) {
        syncFlags = flags;
        return this;
    }

    /** Not in the page cache: who may not wait gets nothing. */
    FakeRegularFile cold() {
        cold = true;
        return this;
    }

    /** Takes no byte more, without an error. */
    FakeRegularFile full() {
        full = true;
        return this;
    }

    @Override
    public boolean isCold() {
        return cold;
    }

    @Override
    public int read(MemorySegment target, long offset) {
        int count = (int) Math.clamp(bytes.length - offset, 0, target.byteSize());
        MemorySegment.copy(
                MemorySegment.ofArray(bytes), Math.min(offset, bytes.length), target, 0, count);
        return count;
    }

    @Override
    public int write(MemorySegment source, long offset) {
        if (full) {
            return 0;
        }
        int count = (int) source.byteSize();
        grow(offset + count);
        MemorySegment.copy(source, 0, MemorySegment.ofArray(bytes), offset, count);
        return count;
    }

    private void grow(long length) {
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.toIntExact(length));
        }
    }

    int sync() {
        syncs++;
        return 0;
    }

    int allocate(int mode, long offset, long lengthBytes) {
        if ((mode & IoUring.FALLOC_FL_PUNCH_HOLE) != 0) {
            int from = (int) Math.min(offset, bytes.length);
            int to = (int) Math.min(offset + lengthBytes, bytes.length);
            Arrays.fill(bytes, from, to, (byte) 0);
        } else if ((mode & IoUring.FALLOC_FL_KEEP_SIZE) == 0) {
            grow(offset + lengthBytes);
        }
        return 0;
    }

    /** All of it; for tests, when nothing moves. */
    byte[] bytes() {
        return bytes.clone();
    }

    int syncs() {
        return syncs;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void closed() {
        closed = true;
    }
}
