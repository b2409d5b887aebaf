package org.dmaengine.spi;

/**
 * Where the core gets time, threads and waits from: the one seam through which every wait, wake-up
 * and thread start goes, so that a simulator can take their place.
 */
public interface Scheduler {
    /** A clock in nanoseconds, as {@link System#nanoTime}. */
    long nanoTime();

    /**
     * Parks the calling thread until it is unparked, interrupted, or the time is over; may return
     * for no reason.
     *
     * @param nanos how long at most; {@link Long#MAX_VALUE} is without end, and 0 only offers the
     *     processor to others
     */
    void park(long nanos);

    /** Makes the thread's current or next {@link #park} return. */
    void unpark(Thread thread);

    /**
     * How long a thread that waits for a channel looks for itself before it parks, in nanoseconds.
     * A parked thread is woken through the operating system, which takes longer than most of what
     * it waits for. 0, which is the default: it parks at once, as it has to where one thread runs
     * at a time.
     */
    default long spinNanos() {
        return 0;
    }

    /** Starts a daemon thread named by its role. */
    Thread start(String name, Runnable body);

    /**
     * The same for a thread that will park inside a native call, where a virtual thread would keep
     * its carrier.
     */
    default Thread startNative(String name, Runnable body) {
        return start(name, body);
    }

    /** The real one. */
    static Scheduler system() {
        return SystemScheduler.INSTANCE;
    }
}
