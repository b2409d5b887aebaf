package org.dmaengine.cli;

import java.util.Optional;

/** Transfers of one kind to try an engine with, round by round. Used by one thread. */
interface Load {
    /**
     * Opens what the transfers of a round need.
     *
     * @param mayStall whether some may find nobody at their other end, since they are terminated
     */
    Batch begin(boolean mayStall);

    /**
     * After the last round.
     *
     * @return what is wrong only now
     */
    default Optional<String> close() {
        return Optional.empty();
    }
}
