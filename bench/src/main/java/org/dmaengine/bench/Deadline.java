package org.dmaengine.bench;

import java.util.concurrent.TimeUnit;

/**
 * The end of a wait that spins, for what takes microseconds: when it has not come by then, it never
 * will. For one thread.
 */
public final class Deadline {
    private static final long SECONDS = 60;
    // The clock is looked at so rarely that the work does not notice.
    private static final int CLOCK_LOOKS = 1 << 12;

    private final long endNanos;
    private int looks;

    private Deadline(long nanos) {
        endNanos = System.nanoTime() + nanos;
    }

    /** In a minute. */
    public static Deadline start() {
        return new Deadline(TimeUnit.SECONDS.toNanos(SECONDS));
    }

    static Deadline in(long nanos) {
        return new Deadline(nanos);
    }

    /**
     * To be called at each look that was in vain.
     *
     * @throws IllegalStateException if the time is over
     */
    public void look() {
        if (++looks % CLOCK_LOOKS == 0 && System.nanoTime() - endNanos > 0) {
            throw new IllegalStateException("waited in vain until the deadline");
        }
    }

    /** The same, with a hint to the processor. */
    public void spin() {
        Thread.onSpinWait();
        look();
    }
}
