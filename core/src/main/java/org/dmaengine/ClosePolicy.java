package org.dmaengine;

import java.time.Duration;

/** What closing a {@link DmaArena} does while transfers use its memory (C16). It never frees it. */
public sealed interface ClosePolicy {
    /**
     * Throws {@link BuffersInFlightException}, naming the transfers, and stays open. The default.
     */
    record Fail() implements ClosePolicy {}

    /** Waits until all of them have an outcome; new ones are refused meanwhile. */
    record Drain() implements ClosePolicy {}

    /**
     * Terminates the channels that use the memory and waits. What is not proved by the deadline is
     * withheld: the memory goes to {@link Quarantine}, and is freed when a late proof arrives.
     *
     * @param timeout how long to wait at most
     */
    record TerminateThenDrain(Duration timeout) implements ClosePolicy {
        /**
         * Checks the timeout, before anything is terminated.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public TerminateThenDrain {
            Deadline.requireTimeout(timeout);
        }
    }
}
