package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Parks threads on a monitor, because the model checker lets every real park return: here a wake-up
 * that is lost leaves all threads waiting, which it reports as a deadlock. A timed park ends at
 * once and moves the clock.
 */
final class ParkingLot implements Scheduler {
    // Guarded by this. Threads that were unparked and have not parked since.
    private final List<Thread> permitted = new ArrayList<>();
    private final Deque<Runnable> started = new ArrayDeque<>();
    private long now = 1_000;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized void park(long nanos) {
        if (nanos != Deadline.NONE) {
            now += nanos;
            return;
        }
        while (!permitted.remove(Thread.currentThread())) {
            try {
                wait();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }
    }

    @Override
    public synchronized void unpark(Thread thread) {
        if (!permitted.contains(thread)) {
            permitted.add(thread);
        }
        notifyAll();
    }

    /** The body waits for {@link #runStarted}: programs have only the threads they name. */
    @Override
    public synchronized Thread start(String name, Runnable body) {
        started.add(body);
        return new Thread(body, name);
    }

    void runAllStarted() {
        boolean more = true;
        while (more) {
            more = runStarted();
        }
    }

    /** Is the next thread that was started, up to its end; false if there is none. */
    boolean runStarted() {
        Runnable body;
        synchronized (this) {
            body = started.poll();
        }
        if (body == null) {
            return false;
        }
        body.run();
        return true;
    }
}
