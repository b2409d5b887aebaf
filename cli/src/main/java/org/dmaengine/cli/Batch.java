package org.dmaengine.cli;

import java.util.Optional;

/**
 * The transfers of one {@link Load} in one round, and what there is on their other side: memory, a
 * file, somebody at the far end of a stream. Used by one thread, in this order: {@link #next} for
 * each, {@link #submitted}, the checks of the pieces, {@link #settle}, {@link #end}.
 */
interface Batch {
    /** The next one. */
    Piece next();

    /** All are in the queue. */
    default void submitted() {}

    /**
     * One more, now that all are over and looked at: for what cannot be seen before, such as that a
     * write to nobody fails.
     */
    default Optional<Piece> oneMore() {
        return Optional.empty();
    }

    /** Says what is wrong with all of them together. Asked only where data are looked at. */
    default Optional<String> settle() {
        return Optional.empty();
    }

    /** The round is over; nothing is in flight, unless it failed. */
    default void end() {}
}
