package org.dmaengine.spi;

import java.util.concurrent.locks.LockSupport;

/** The JDK's clock, parking and threads. */
final class SystemScheduler implements Scheduler {
    static final SystemScheduler INSTANCE = new SystemScheduler();

    // The engine's thread may have to be woken first, which takes about half of this.
    private static final long SPIN_NANOS =
            Runtime.getRuntime().availableProcessors() > 1 ? 200_000 : 0;

    private SystemScheduler() {}

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void park(long nanos) {
        if (nanos == Long.MAX_VALUE) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    @Override
    public void unpark(Thread thread) {
        LockSupport.unpark(thread);
    }

    @Override
    public long spinNanos() {
        return SPIN_NANOS;
    }

    @Override
    public Thread start(String name, Runnable body) {
        return Thread.ofPlatform().name(name).daemon(true).start(body);
    }
}
