package org.dmaengine;

import java.util.function.BooleanSupplier;

/** Threads that wait for a change under a lock: none sleeps through it. */
public class WaitersSpec {
    final Object lock = new Object();
    final ParkingLot scheduler = new ParkingLot();
    private final Waiters waiters = new Waiters(lock, scheduler);

    // Guarded by lock.
    private int changes;

    /** Waits for the first change. */
    public void await() {
        await(() -> changes > 0);
    }

    /** Waits for the second change: the first wakes it for nothing. */
    public void awaitSecond() {
        await(() -> changes > 1);
    }

    void await(BooleanSupplier condition) {
        ChannelSpec.require(waiters.await(condition, Deadline.NONE), "woken without reason");
    }

    /** A deadline that is over is no reason to say that the condition holds. */
    public void awaitUntilNow() {
        boolean met = waiters.await(() -> changes > 0, scheduler.nanoTime());
        synchronized (lock) {
            ChannelSpec.require(!met || changes > 0, "met without a change");
        }
    }

    public void change() {
        synchronized (lock) {
            changes++;
            wake();
        }
    }

    void wake() {
        waiters.wake();
    }
}
