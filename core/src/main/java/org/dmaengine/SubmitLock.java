package org.dmaengine;

import org.dmaengine.spi.Scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Guards what submitters do. Every submit takes it, for a few dozen nanoseconds, so that its cost
 * counts: giving it back is an ordered store, where a monitor needs a second atomic step.
 *
 * <p>Nobody waits, calls the engine or runs a client's code while holding it. Not reentrant.
 * Whoever finds it taken looks again for a while, and then sleeps for a short time between two
 * looks: its holder may have lost its processor.
 */
final class SubmitLock {
    private static final VarHandle TAKEN;
    private static final int SPINS = 100;
    private static final int YIELDS = 20;
    private static final long SLEEP_NANOS = 50_000;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(SubmitLock.class, "taken", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Scheduler scheduler;

    @SuppressWarnings("UnusedVariable") // Read through TAKEN.
    private boolean taken;

    SubmitLock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

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
        boolean interrupted = false;
        for (int looks = 0; !tryLock(); looks++) {
            if (looks < SPINS) {
                Thread.onSpinWait();
            } else if (looks < SPINS + YIELDS) {
                Thread.yield();
            } else {
                scheduler.park(SLEEP_NANOS);
                // Kept for the client (C11); set, the next park would return at once.
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks before it tries: a failed attempt would take the line from the holder. */
    private boolean tryLock() {
        return !(boolean) TAKEN.getOpaque(this) && TAKEN.compareAndSet(this, false, true);
    }
}
