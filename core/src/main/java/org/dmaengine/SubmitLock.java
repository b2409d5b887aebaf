package org.dmaengine;

/**
 * Guards what submitters do. Every submit takes it, for a few dozen nanoseconds, so that its cost
 * counts: giving it back is an ordered store, where a monitor needs a second atomic step.
 *
 * <p>Nobody waits, calls the engine or runs a client's code while holding it. Not reentrant.
 * Whoever finds it taken looks again, and soon offers the processor to others between two looks:
 * its holder may have lost its own. It never parks, for then giving it back would have to wake
 * somebody.
 *
 * <p>It is the word itself and refers to none: the reference would stand among fields that the
 * engine's side may write.
 */
final class SubmitLock extends Cursor {
    private static final int SPINS = 100;
    private static final long FREE = 0;
    private static final long TAKEN = 1;

    SubmitLock() {
        super(FREE);
    }

    /** Its pair is the release of {@link #unlock}: what the last holder wrote is seen. */
    void lock() {
        if (!compareAndSet(FREE, TAKEN)) {
            await();
        }
    }

    void unlock() {
        assert get() == TAKEN : "not taken";
        setRelease(FREE);
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
        return getAcquire() == FREE && compareAndSet(FREE, TAKEN);
    }
}
