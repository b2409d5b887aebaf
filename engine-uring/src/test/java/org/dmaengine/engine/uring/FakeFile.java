package org.dmaengine.engine.uring;

import java.lang.foreign.MemorySegment;

/** What a descriptor of the fake kernel stands for. All calls are made under the kernel's lock. */
interface FakeFile {
    int S_IFREG = 0100000;
    int S_IFIFO = 0010000;
    int S_IFCHR = 0020000;
    int O_NONBLOCK = 04000;
    int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;
    int O_DSYNC = 010000;
    int O_SYNC = 04000000 | O_DSYNC;

    /** {@code st_mode}. */
    int mode();

    /** What {@code fcntl(F_GETFL)} answers. */
    default int openFlags() {
        return 0;
    }

    /**
     * Moves what can be moved at once.
     *
     * @return how much, 0 at the end, or a negative error; -EAGAIN if there is nothing yet
     */
    int read(MemorySegment target, long offset);

    /** The same in the other direction. */
    int write(MemorySegment source, long offset);

    /** Whether the next read, or write, would have to wait. */
    default boolean wouldWait(boolean reading) {
        return false;
    }

    /** What {@code RWF_NOWAIT} would have to wait for although {@link #wouldWait} says no. */
    default boolean isCold() {
        return false;
    }

    /** The last descriptor, registration and request of it are gone. */
    default void closed() {}
}
