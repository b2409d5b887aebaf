package org.dmaengine.engine.uring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe: a bounded ring of bytes, with two ends that are closed one by one. */
final class FakePipe {
    private static final int EPIPE = 32;

    private final byte[] bytes;
    private final int openFlags;
    private long written;
    private long read;
    private boolean readerGone;
    private boolean writerGone;

    /**
     * @param capacityBytes how much it holds
     * @param waits whether its ends were opened to wait, or to answer -EAGAIN
     */
    FakePipe(int capacityBytes, boolean waits) {
        this.bytes = new byte[capacityBytes];
        this.openFlags = waits ? 0 : FakeFile.O_NONBLOCK;
    }

    /** How many bytes were taken out of it. */
    long readBytes() {
        return read;
    }

    /** The end that is read. */
    FakeFile source() {
        return new End() {
            @Override
            public int read(MemorySegment target, long offset) {
                return take(target);
            }

            @Override
            public boolean wouldWait(boolean reading) {
                return written == read && !writerGone;
            }

            @Override
            public void closed() {
                readerGone = true;
            }
        };
    }

    /** The end that is written. */
    FakeFile sink() {
        return new End() {
            @Override
            public int write(MemorySegment source, long offset) {
                return put(source);
            }

            @Override
            public boolean wouldWait(boolean reading) {
                return written - read == bytes.length && !readerGone;
            }

            @Override
            public void closed() {
                writerGone = true;
            }
        };
    }

    private int take(MemorySegment target) {
        int count = (int) Math.min(target.byteSize(), written - read);
        for (int i = 0; i < count; i++) {
            target.set(ValueLayout.JAVA_BYTE, i, bytes[(int) (read++ % bytes.length)]);
        }
        return count > 0 || writerGone ? count : -Errno.EAGAIN;
    }

    private int put(MemorySegment source) {
        if (readerGone) {
            return -EPIPE;
        }
        int count = (int) Math.min(source.byteSize(), bytes.length - (written - read));
        for (int i = 0; i < count; i++) {
            bytes[(int) (written++ % bytes.length)] = source.get(ValueLayout.JAVA_BYTE, i);
        }
        return count > 0 ? count : -Errno.EAGAIN;
    }

    private abstract class End implements FakeFile {
        @Override
        public int mode() {
            return S_IFIFO | 0600;
        }

        @Override
        public int openFlags() {
            return openFlags;
        }

        @Override
        public int read(MemorySegment target, long offset) {
            return -Errno.EBADF;
        }

        @Override
        public int write(MemorySegment source, long offset) {
            return -Errno.EBADF;
        }
    }
}
