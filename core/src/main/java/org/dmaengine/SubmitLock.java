package org.dmaengine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Guards what submitters do. Every submit takes it, for a few dozen nanoseconds, so that its cost
 * counts: giving it back is an ordered store, where a monitor needs a second atomic step.
 *
 * <p>Nobody waits, calls the engine or runs a client's code while holding it. Not reentrant.
 * Whoever finds it taken looks again, and soon offers the processor to others between two looks:
 * its holder may have lost its own. It never parks, for then giving it back would have to wake
 * somebody.
 */
final class SubmitLock {
    private static final VarHandle TAKEN;
    private static final int SPINS = 100;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(SubmitLock.class, "taken", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("UnusedVariable") // Read through TAKEN.
    private boolean taken;

    /** Its pair is the release of {@link #unlock}: what the last holder wrote is seen. */
    void lock() {
        if (!TAKEN.compareAndSet(this, false, true)) {
            await();
        }
    }

    void unlock() {
        assert (boolean) TAKEN.get(this) : "not taken";
        TAKEN.setRelease(this, false);
    }

    @SuppressWarnings("ThreadPriorityCheck") // Only politeness towards the holder.
    private void await() {
        for (int looks = 0; !tryLock(); looks++) {
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    /** Looks before it tries: a failed attempt would take the line from the holder. */
    private boolean tryLock() {
        return !(boolean) TAKEN.getOpaque(this) && TAKEN.compareAndSet(this, false, true);
    }
}
