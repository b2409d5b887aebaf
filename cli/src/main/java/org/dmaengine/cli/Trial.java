package org.dmaengine.cli;

/** A test that one thread repeats, on one channel, with buffers of its own. */
interface Trial {
    /**
     * Once through.
     *
     * @throws TestFailure at the first thing that is wrong
     */
    void round();

    /** After the last round, with the channel quiet. */
    default void finish() {}
}
