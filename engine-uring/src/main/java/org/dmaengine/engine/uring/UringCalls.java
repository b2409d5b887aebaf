package org.dmaengine.engine.uring;

import java.lang.foreign.MemorySegment;
import java.nio.channels.Channel;

/**
 * Every call of the engine into the operating system: the seam at which a fake kernel can stand in,
 * so that errors, partial submissions, overflow and late entries can be had at will.
 *
 * <p>Unless it says otherwise, a call answers with what the system call returns, and with the
 * negative number of the error where that fails (see {@link Errno}). None throws. Any thread may
 * call.
 */
interface UringCalls {
    /**
     * {@code io_uring_setup(2)}.
     *
     * @param parameters {@code struct io_uring_params}, read and filled
     * @return the ring's descriptor
     */
    int setup(int entries, MemorySegment parameters);

    /**
     * {@code io_uring_enter(2)}. Blocks where {@code completedMin} asks for it.
     *
     * @param argument {@code struct io_uring_getevents_arg} where the flags say so, else NULL
     * @return how many entries the kernel took
     */
    int enter(int ring, int submitted, int completedMin, int flags, MemorySegment argument);

    /** {@code io_uring_register(2)}. */
    int register(int ring, int operation, MemorySegment argument, int count);

    /** {@code mmap(2)} of a ring's memory: the address. */
    long map(int ring, long offset, long lengthBytes);

    /** {@code munmap(2)}. */
    int unmap(long address, long lengthBytes);

    /** What {@link #map} has mapped, as memory; not to be touched after {@link #unmap}. */
    MemorySegment view(long address, long lengthBytes);

    /**
     * {@code eventfd2(2)}, closed in child processes.
     *
     * @param initial what it begins with, as an unsigned number
     * @param semaphore whether a read takes 1 only
     */
    int eventfd(int initial, boolean semaphore);

    /** {@code read(2)} at the current position. Blocks as the descriptor does. */
    int read(int descriptor, MemorySegment target);

    /** {@code write(2)} at the current position. Blocks as the descriptor does. */
    int write(int descriptor, MemorySegment source);

    /** Adds 1 to an event descriptor, by {@code write(2)}. */
    int signal(int eventfd);

    /** {@code close(2)}. */
    int close(int descriptor);

    /** {@code fcntl(2)} with {@code F_DUPFD_CLOEXEC}: another number for the same open file. */
    int duplicate(int descriptor);

    /** The flags it was opened with: {@code fcntl(2)}, {@code F_GETFL}. */
    int openFlags(int descriptor);

    /** {@code stx_mode} of {@code statx(2)}: the kind of file and its permissions. */
    int mode(int descriptor);

    /**
     * The descriptor that a channel of the JDK stands for. It is only as good as the channel is
     * open: whoever duplicates or registers it looks at {@link Channel#isOpen} afterwards.
     *
     * @return -EBADF if the channel is closed, -EOPNOTSUPP if it has none that can be known
     */
    int descriptorOf(Channel channel);
}
