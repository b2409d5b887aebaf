package org.dmaengine.cli;

import java.util.SplittableRandom;

/** Random moments, for what shall happen in the middle of something. */
final class Moment {
    private Moment() {}

    /** Spins, as sleeping is far too coarse, for a random time. */
    static void passIn(SplittableRandom random, int nanosMax) {
        long until = System.nanoTime() + random.nextInt(nanosMax);
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }
}
