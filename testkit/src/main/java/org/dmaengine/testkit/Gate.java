package org.dmaengine.testkit;

import org.dmaengine.spi.Scheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whoever comes here waits until the scenario opens it; from then on all pass. */
final class Gate implements AutoCloseable {
    private final ScenarioClock clock;
    private final List<Thread> waiting = new CopyOnWriteArrayList<>();
    private volatile boolean entered;
    private volatile boolean open;

    Gate(ScenarioClock clock) {
        this.clock = clock;
    }

    /** Waits, in callbacks and executors too, whatever interrupts it. */
    void pass() {
        Scheduler scheduler = clock.scheduler();
        boolean interrupted = false;
        waiting.add(Thread.currentThread());
        entered = true;
        while (!open) {
            scheduler.park(Long.MAX_VALUE);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitEntered(String who) {
        clock.await(who, () -> entered);
    }

    void open() {
        open = true;
        waiting.forEach(clock.scheduler()::unpark);
    }

    @Override
    public void close() {
        open();
    }
}
