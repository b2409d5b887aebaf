package org.dmaengine;

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
    private static final int SPINS = 100;
    private static final long FREE = 0;
    private static final long TAKEN = 1;

    private final Cursor taken = new Cursor(FREE);

    /** Its pair is the release of {@link #unlock}: what the last holder wrote is seen. */
    void lock() {
        if (!taken.compareAndSet(FREE, TAKEN)) {
            await();
        }
    }

    void unlock() {
        assert taken.get() == TAKEN : "not taken";
        taken.setRelease(FREE);
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
        return taken.getAcquire() == FREE && taken.compareAndSet(FREE, TAKEN);
    }
}
