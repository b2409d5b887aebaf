package org.dmaengine.engine.uring;

import java.lang.foreign.Arena;
import java.nio.channels.Channel;

/**
 * A second ring of a worker, for files opened for direct I/O ({@code IORING_SETUP_IOPOLL}): nothing
 * interrupts when a transfer is over, the device is asked again and again. It can neither wait nor
 * be woken nor cancel, so its worker does not sleep while it has something in its hands.
 *
 * <p>Whether a disk can do that is told by the first transfer on a file, and by nothing before.
 * What is refused goes the usual way, and that is said in the log, once. Of its worker's thread
 * alone.
 */
final class PolledRing {

    private final Ring ring;
    private final FileTable files;
    private final BufferTable buffers;
    private int inKernel;
    private boolean told;

    /**
     * @param ringIndex its number among the rings of the engine
     */
    PolledRing(
            UringCalls calls, UringOptions options, Arena arena, Mappings mappings, int ringIndex)
            throws UringUnavailable {
        ring =
                Ring.over(
                        calls,
                        RingSetup.openPolled(calls, options.entries(), options.completions()));
        int number = ring.descriptor();
        try {
            files = new FileTable(calls, number, options.files(), arena);
            buffers = new BufferTable(calls, number, options.buffers(), arena, mappings, ringIndex);
        } catch (RuntimeException | Error failed) {
            ring.close();
            throw failed;
        }
    }

    FileTable files() {
        return files;
    }

    BufferTable buffers() {
        return buffers;
    }

    /** Whether transfers of this file go here. */
    boolean has(OpenFile file) {
        return file.table() == files;
    }

    /**
     * The same file for this ring; or the one given, if that is not for it.
     *
     * @param file of the worker's other ring, in use
     */
    OpenFile instead(OpenFile file) throws ErrnoException {
        if (!file.mayBePolled()) {
            return file;
        }
        try {
            return files.acquire(file.channel());
        } finally {
            file.release();
        }
    }

    /** This disk does not do that, or this file system. */
    void refused(Channel channel) {
        if (!told) {
            told = true;
            Warnings.log(
                    "io_uring does not poll for the end of transfers on {0}, as option iopoll asks:"
                            + " {1}; they wait for its interrupts, as without the option",
                    channel, Errno.describe(Errno.EOPNOTSUPP, "its first direct transfer"));
        }
    }

    boolean isBusy() {
        return inKernel > 0;
    }

    /** Whether {@link #submit} may be called. */
    boolean hasRoom() {
        return ring.next() >= 0;
    }

    boolean hasPending() {
        return ring.pending() > 0;
    }

    void submit(Request request) {
        request.write(ring, ring.next(), buffers);
        inKernel++;
    }

    /**
     * Hands over what was written, and asks the device once.
     *
     * @return as {@link Ring#submit}
     */
    int enter() {
        return ring.submit();
    }

    /** Tells what is over. */
    int reap(Ring.Completions to) {
        int count = ring.reap(to);
        inKernel -= count;
        return count;
    }

    /** When nothing is in the kernel. */
    void close() {
        files.close();
        ring.close();
    }
}
