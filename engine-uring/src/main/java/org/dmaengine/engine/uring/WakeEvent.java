package org.dmaengine.engine.uring;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The event descriptor by which any thread wakes a worker that waits in the kernel (eventfd(2)).
 *
 * <p>Its number must not be written to once it is closed: it may be another file's by then. So a
 * signaller counts itself before it looks whether it is closed, and the closer says that it is
 * closed before it waits for the count; both are volatile, so one of the two sees the other.
 */
final class WakeEvent {
    private final UringCalls calls;
    private final int descriptor;
    private final AtomicInteger signalling = new AtomicInteger();
    private volatile boolean closed;

    private WakeEvent(UringCalls calls, int descriptor) {
        this.calls = calls;
        this.descriptor = descriptor;
    }

    static WakeEvent open(UringCalls calls) throws UringUnavailable {
        int descriptor = calls.eventfd(0, false);
        if (descriptor < 0) {
            throw new UringUnavailable(
                    Errno.describe(-descriptor, "eventfd2"),
                    "raise the limit of open files: ulimit -n");
        }
        return new WakeEvent(calls, descriptor);
    }

    int descriptor() {
        return descriptor;
    }

    /** Any thread; does nothing once it is closed. Never blocks. */
    void signal() {
        signalling.getAndIncrement();
        try {
            int answer = closed ? 0 : calls.signal(descriptor);
            // EAGAIN: it holds as many signals as it can count, none of them seen yet.
            if (answer < 0 && answer != -Errno.EAGAIN) {
                throw new IllegalStateException(Errno.describe(-answer, "write(eventfd)"));
            }
        } finally {
            signalling.getAndDecrement();
        }
    }

    /** By the worker, when nobody has to wake it any more. */
    void close() {
        closed = true;
        while (signalling.get() > 0) {
            // One write without waiting is all that somebody is in.
            Thread.onSpinWait();
        }
        calls.close(descriptor);
    }
}
