package org.dmaengine.testkit;

/** What can be wrong with {@link TunableEngine}; the documentation's table of broken engines. */
enum Defect {
    /** Nothing. */
    NONE,
    /** Ends what runs when it is aborted, while its thread goes on writing. */
    FREES_EARLY,
    /** Ends each transfer twice. */
    ENDS_TWICE,
    /** Moves the bytes and never says so. */
    NEVER_ENDS,
    /** Ends before the last chunk is written. */
    ENDS_BEFORE_LAST_TOUCH,
    /** Writes the first bytes of the target once more, some time after the end. */
    WRITES_BEHIND,
    /** Tells the whole length, whatever it moved. */
    DROPS_RESIDUE,
    /** Ends an aborted transfer again, some time later, under its old ticket. */
    ENDS_AGAIN_LATER,
    /** Tells each period twice. */
    TELLS_PERIODS_TWICE,
    /** Goes on telling periods after it was aborted, and never ends. */
    CYCLES_ON,
    /** Fills a period that the client still owns. */
    REFILLS_EARLY,
    /** Waits in abort until what runs has ended. */
    BLOCKS_IN_ABORT,
    /** Moves the bytes inside start. */
    BLOCKS_IN_START,
    /** Its abort throws. */
    THROWS_IN_ABORT,
    /** Its abort stops all channels. */
    STOPS_NEIGHBOURS,
    /** Its synchronize answers false though nobody set a deadline. */
    GIVES_UP,
    /** Says that it is paused and moves on. */
    IGNORES_PAUSE,
    /** Skips a chunk after a pause. */
    LOSES_CHUNK_AFTER_PAUSE,
    /** Reports a failure as COMPLETE. */
    SWALLOWS_ERRORS,
    /** Names the wrong side of a failure. */
    SWAPS_SIDES,
    /** Writes one byte behind the target. */
    WRITES_BEYOND,
    /** Copies each chunk after the first from one byte too far. */
    COPIES_FROM_WRONG_PLACE,
    /** Declares AT_ONCE for streams, and drains them. */
    DECLARES_AT_ONCE_AND_DRAINS,
    /** Declares CHUNK_BOUNDARY for copies, and drains them. */
    DECLARES_CHUNKS_AND_DRAINS,
    /** Declares DRAIN_ONLY for copies, and stops them. */
    DECLARES_DRAIN_AND_STOPS,
    /** Its probe promises more than the opened engine has. */
    PROBE_LIES,
    /** Completes pairs of transfers in the wrong order, without declaring that. */
    ENDS_OUT_OF_ORDER,
    /** One thread for all channels: a blocked one holds up the others. */
    SHARES_ONE_THREAD
}
