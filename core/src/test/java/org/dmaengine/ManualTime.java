package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A clock that moves only when the test says so; parks are real, deadlines are not. */
final class ManualTime implements Scheduler {
    private final AtomicLong now = new AtomicLong(1_000_000);
    private final Set<Thread> parked = ConcurrentHashMap.newKeySet();
    private final List<Long> parkedNanos = new CopyOnWriteArrayList<>();
    private volatile boolean runsByItself;

    /** Every timed park passes at once and moves the clock by its time. */
    void runByItself() {
        runsByItself = true;
    }

    void advance(long nanos) {
        now.addAndGet(nanos);
        parked.forEach(LockSupport::unpark);
    }

    boolean isParked(Thread thread) {
        return parked.contains(thread);
    }

    /** How long each timed park asked for. */
    List<Long> parkedNanos() {
        return parkedNanos;
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void park(long nanos) {
        if (nanos != Long.MAX_VALUE) {
            parkedNanos.add(nanos);
            if (runsByItself) {
                now.addAndGet(nanos);
                return;
            }
        }
        long before = now.get();
        Thread me = Thread.currentThread();
        parked.add(me);
        try {
            // advance() first moves the clock and then looks who is parked.
            if (before == now.get()) {
                LockSupport.park(this);
            }
        } finally {
            parked.remove(me);
        }
    }

    @Override
    public void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }

    @Override
    public Thread start(String name, Runnable body) {
        return Thread.ofPlatform().name(name).daemon(true).start(body);
    }
}
