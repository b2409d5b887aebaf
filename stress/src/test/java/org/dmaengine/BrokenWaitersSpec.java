package org.dmaengine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Planted: looks, lets go of the lock, and only then registers. Who changes in between is missed.
 */
public final class BrokenWaitersSpec extends WaitersSpec {
    // Guarded by lock.
    private final List<Thread> threads = new ArrayList<>();

    @Override
    void await(BooleanSupplier condition) {
        while (!holds(condition)) {
            synchronized (lock) {
                threads.add(Thread.currentThread());
            }
            scheduler.park(Deadline.NONE);
        }
    }

    private boolean holds(BooleanSupplier condition) {
        synchronized (lock) {
            return condition.getAsBoolean();
        }
    }

    @Override
    void wake() {
        threads.forEach(scheduler::unpark);
        threads.clear();
    }
}
