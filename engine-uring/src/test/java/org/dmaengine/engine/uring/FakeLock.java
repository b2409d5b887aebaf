package org.dmaengine.engine.uring;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The one lock of the fake kernel, and the waits for something to change under it. */
final class FakeLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** A call under the lock. */
    interface Call<T> {
        T get();
    }

    <T> T locked(Call<T> call) {
        lock.lock();
        try {
            return call.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable call) {
        lock.lock();
        try {
            call.run();
        } finally {
            lock.unlock();
        }
    }

    /** A call as soon as something holds, before anyone can change it. False if it never did. */
    boolean lockedWhen(BooleanSupplier condition, long timeoutNanos, Runnable call) {
        lock.lock();
        try {
            boolean held = await(condition, timeoutNanos);
            if (held) {
                call.run();
            }
            return held;
        } finally {
            lock.unlock();
        }
    }

    /** Wakes all who wait. */
    void signal() {
        changed.signalAll();
    }

    /**
     * Waits until something holds, which is looked at under the lock, at each change.
     *
     * @param timeoutNanos {@link Long#MAX_VALUE} for no end
     */
    boolean await(BooleanSupplier condition, long timeoutNanos) {
        long begunNanos = System.nanoTime();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (timeoutNanos == Long.MAX_VALUE) {
                    changed.awaitUninterruptibly();
                } else if (changed.awaitNanos(timeoutNanos - (System.nanoTime() - begunNanos))
                        <= 0) {
                    return condition.getAsBoolean();
                }
            }
            return true;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException("a test hangs, or has taken too long", interrupted);
        } finally {
            lock.unlock();
        }
    }
}
