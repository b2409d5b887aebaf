package org.dmaengine.spi;

import java.util.concurrent.locks.LockSupport;

/** The JDK's clock, parking and threads. */
final class SystemScheduler implements Scheduler {
    static final SystemScheduler INSTANCE = new SystemScheduler();

    // Most stops take less. Whoever looks for longer keeps others from a processor that they need.
    private static final long SPIN_NANOS =
            Runtime.getRuntime().availableProcessors() > 1 ? 20_000 : 0;

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
