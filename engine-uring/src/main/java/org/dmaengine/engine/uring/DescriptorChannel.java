package org.dmaengine.engine.uring;

import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Peripheral;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

/**
 * A channel on a file descriptor of Linux that no class of the JDK stands for: an event descriptor,
 * a timer, signals, a watch on files, a network tunnel. Make a {@link Peripheral.Messages} of it:
 * what such descriptors hand out are messages, and one transfer is one {@code read(2)} or {@code
 * write(2)}.
 *
 * <p>It can be read and written without an engine too. Such a call waits as the descriptor does,
 * and holds up a virtual thread's carrier meanwhile; it answers 0 where the descriptor was opened
 * not to wait. A close does not end a call that waits: the descriptor is closed when the last call
 * has returned. Any thread may call.
 */
public final class DescriptorChannel implements ByteChannel {
    private static final long INITIAL_MAX = 0xffff_ffffL;

    private final UringCalls calls;
    private final int number;

    // Guarded by this. While a call is inside, the number must not become another file's.
    private int inside;
    // Written under the lock, and read anywhere.
    private volatile boolean closed;

    private DescriptorChannel(UringCalls calls, int number) {
        this.calls = calls;
        this.number = number;
    }

    /**
     * Takes a descriptor over: from now on it is closed by this channel and by nobody else.
     *
     * @throws IOException if it is not open, or has positions and is a matter for {@link
     *     java.nio.channels.FileChannel}; then it stays the caller's
     * @throws EngineUnavailableException where the system cannot be called
     */
    public static DescriptorChannel of(int number) throws IOException {
        return of(number, link());
    }

    static DescriptorChannel of(int number, UringCalls calls) throws IOException {
        int kind = require(calls.mode(number), "statx") & IoUring.S_IFMT;
        if (kind == IoUring.S_IFREG || kind == IoUring.S_IFBLK) {
            throw new IOException(
                    "descriptor " + number + " is a file with positions; open it by FileChannel");
        }
        return new DescriptorChannel(calls, number);
    }

    /**
     * Makes an event descriptor, {@code eventfd(2)}: a counter of 64 bits. A write of 8 bytes adds
     * to it, a read of 8 bytes waits until it is not 0, takes its value and sets it to 0.
     *
     * @param initial what it begins with, of 32 bits
     * @param semaphore a read takes 1 and no more
     * @throws EngineUnavailableException where the system cannot be called
     */
    public static DescriptorChannel eventDescriptor(long initial, boolean semaphore)
            throws IOException {
        if (initial < 0 || initial > INITIAL_MAX) {
            throw new IllegalArgumentException(
                    "an event descriptor begins with 0 to " + INITIAL_MAX + ", not " + initial);
        }
        UringCalls calls = link();
        int made = require(calls.eventfd((int) initial, semaphore), "eventfd2");
        return new DescriptorChannel(calls, made);
    }

    private static UringCalls link() {
        try {
            return NativeUringCalls.link();
        } catch (UringUnavailable no) {
            throw new EngineUnavailableException(
                    UringEngineProvider.NAME, no.reason(), no.remedy());
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (target.isReadOnly()) {
            // Before the call: what is read is gone from the file.
            throw new IllegalArgumentException("a read-only buffer cannot be read into");
        }
        // Memory of our own: nobody can free it while the kernel writes.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(target.remaining());
            int count = call(memory, true);
            if (count == 0 && memory.byteSize() > 0) {
                return -1;
            }
            target.put(memory.asSlice(0, moved(count)).asByteBuffer());
            return moved(count);
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(source.remaining());
            memory.asByteBuffer().put(source.duplicate());
            int count = moved(call(memory, false));
            source.position(source.position() + count);
            return count;
        }
    }

    private static int moved(int answer) {
        return answer == -Errno.EAGAIN ? 0 : answer;
    }

    private int call(MemorySegment memory, boolean reading) throws IOException {
        enter();
        try {
            int answer = -Errno.EINTR;
            while (answer == -Errno.EINTR) {
                answer = reading ? calls.read(number, memory) : calls.write(number, memory);
            }
            return answer == -Errno.EAGAIN ? answer : require(answer, reading ? "read" : "write");
        } finally {
            leave();
        }
    }

    private synchronized void enter() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
        inside++;
    }

    private synchronized void leave() throws IOException {
        inside--;
        if (closed && inside == 0) {
            require(calls.close(number), "close");
        }
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (inside == 0) {
            require(calls.close(number), "close");
        }
    }

    /** The descriptor, which is as good as this channel is open; -EBADF if it is closed. */
    int number() {
        return closed ? -Errno.EBADF : number;
    }

    private static int require(int answer, String operation) throws IOException {
        if (answer < 0) {
            throw new IOException(Errno.describe(answer, operation));
        }
        return answer;
    }

    @Override
    public String toString() {
        return "DescriptorChannel[" + number + (closed ? ", closed]" : "]");
    }
}
