package org.dmaengine.engine.uring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An event descriptor: a count that a read takes whole, and waits for. */
final class FakeEvent implements FakeFile {
    private final boolean semaphore;
    private long count;

    FakeEvent(int initial, boolean semaphore) {
        this.count = Integer.toUnsignedLong(initial);
        this.semaphore = semaphore;
    }

    @Override
    public int mode() {
        return 0600;
    }

    void signal() {
        count++;
    }

    @Override
    public boolean wouldWait(boolean reading) {
        return reading && count == 0;
    }

    @Override
    public int read(MemorySegment target, long offset) {
        if (count == 0) {
            return -Errno.EAGAIN;
        }
        long taken = semaphore ? 1 : count;
        target.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, taken);
        count -= taken;
        return Long.BYTES;
    }

    @Override
    public int write(MemorySegment source, long offset) {
        return -Errno.EINVAL;
    }
}
