package org.dmaengine.testkit;

/** What can be wrong with {@link TunableEngine}; the documentation's table of broken engines. */
enum Defect {
    /** Nothing. */
    NONE("", ""),
    /** Ends what runs when it is aborted, while its thread goes on writing. */
    FREES_EARLY("shouldNotWriteAfterTerminateSync", "late write"),
    /** Ends each transfer twice. */
    ENDS_TWICE("shouldEndEachTransferOnce", "an end was reported for ticket"),
    /** Moves the bytes and never says so. */
    NEVER_ENDS("shouldEndEachTransferOnce", "the outcome of"),
    /** Ends before the last chunk is written. */
    ENDS_BEFORE_LAST_TOUCH("shouldNotReportBeforeLastTouch", "it was not copied"),
    /** Writes the first bytes of the target once more, some time after the end. */
    WRITES_BEHIND("shouldNotWriteBehindOutcome", "late write"),
    /** Tells the whole length, whatever it moved. */
    DROPS_RESIDUE("shouldTellResidueAtEndOfFile", "expected: <10000>"),
    /** Ends an aborted transfer again, some time later, under its old ticket. */
    ENDS_AGAIN_LATER("shouldTerminateInTheMiddle", "an end was reported for ticket"),
    /** Tells each period twice. */
    TELLS_PERIODS_TWICE("shouldHoldBackPeriods", "the ring to be full"),
    /** Goes on telling periods after it was aborted, and never ends. */
    CYCLES_ON("shouldTellBytesOfAllRevolutions", "synchronize() did not return"),
    /** Fills a period that the client still owns. */
    REFILLS_EARLY("shouldHoldBackPeriods", "refilled too early"),
    /** Waits in abort until what runs has ended. */
    BLOCKS_IN_ABORT("shouldNotBlockInAbortOfBlockingCall", "terminateAsync() did not return"),
    /** Moves the bytes inside start. */
    BLOCKS_IN_START("shouldNotBlockInStart", "returned only after"),
    /** Its abort throws. */
    THROWS_IN_ABORT("shouldNotBlockInAbort", "fault ENGINE_THREW"),
    /** Its abort stops all channels. */
    STOPS_NEIGHBOURS("shouldNotBlockInAbort", "neighbour"),
    /** Its synchronize answers false though nobody set a deadline. */
    GIVES_UP("shouldNotWriteAfterTerminateSync", "gave up without a deadline"),
    /** Says that it is paused and moves on. */
    IGNORES_PAUSE("shouldMoveNothingWhilePaused", "while paused"),
    /** Skips a chunk after a pause. */
    LOSES_CHUNK_AFTER_PAUSE("shouldMoveNothingWhilePaused", "it was not copied"),
    /** Reports a failure as COMPLETE. */
    SWALLOWS_ERRORS("shouldNameReadSideAndBytes", "expected: <READ_FAILED>"),
    /** Names the wrong side of a failure. */
    SWAPS_SIDES("shouldNameWriteSideOfChannel", "expected: <WRITE_FAILED>"),
    /** Writes one byte behind the target. */
    WRITES_BEYOND("shouldCopyEveryByteAndNoOther", "outside the transfer"),
    /** Copies each chunk after the first from one byte too far. */
    COPIES_FROM_WRONG_PLACE("shouldCopyEveryByteAndNoOther", "from the wrong place"),
    /** Declares AT_ONCE for streams, and drains them. */
    DECLARES_AT_ONCE_AND_DRAINS(
            "shouldStopStreamAsDeclared", "synchronize() on a blocked pipe did not return"),
    /** Declares CHUNK_BOUNDARY for copies, and drains them. */
    DECLARES_CHUNKS_AND_DRAINS("shouldStopCopyAsDeclared", "none of 10 copies stopped"),
    /** Declares DRAIN_ONLY for copies, and stops them. */
    DECLARES_DRAIN_AND_STOPS("shouldStopCopyAsDeclared", "and yet it was stopped"),
    /** Its probe promises more than the opened engine has. */
    PROBE_LIES("shouldDeclareWhatItsProbeSaid", "channelsMax"),
    /** Completes pairs of transfers in the wrong order, without declaring that. */
    ENDS_OUT_OF_ORDER("shouldCallBackOnceInOrder", "expected: <[1, 2"),
    /** One thread for all channels: a blocked one holds up the others. */
    SHARES_ONE_THREAD("shouldCloseBesideBlockedNeighbour", "the outcome of");

    /** The check of the suite that catches it. */
    final String check;

    /** What that check says. */
    final String reason;

    Defect(String check, String reason) {
        this.check = check;
        this.reason = reason;
    }
}
