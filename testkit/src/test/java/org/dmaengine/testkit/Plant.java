package org.dmaengine.testkit;

/** A way in which the engine under the scenarios can be wrong, and the scenario that finds it. */
enum Plant {
    /** Nothing. */
    NONE("", ""),
    /** Takes the cancel for the end, and goes on writing. */
    CANCEL_IS_THE_END("e01", "the cancel was taken for the end"),
    /** The same, seen by who drains. */
    DOES_NOT_DRAIN("r18", "it was copied though it should not have been"),
    /** The same, at a time cap. */
    FREES_AT_THE_CAP("e09", "expected: <[1]> but was: <[]>"),
    /** The same: stops what it says that it only drains. */
    STOPS_WHAT_IT_DRAINS("e11", "it was stopped, though the table says DRAIN_ONLY"),
    /** Reports a copy complete when it takes it. */
    ANSWERS_BEFORE_LAST_TOUCH("e13", "late write"),
    /** The same, seen by who reads the bytes. */
    BYTES_NOT_VISIBLE("e18", "expected: <[]>"),
    /** Reports each end twice. */
    ENDS_TWICE("r30", "fault ENGINE_CONTRACT"),
    /** Never reports what was aborted. */
    FORGETS_ABORTED("r14", "IN_PROGRESS"),
    /** Says of all that was terminated that nothing was moved. */
    LOSES_CANCELLED_BYTES("e06", "expected: <COMPLETE> but was: <ABORTED>"),
    /** Says of all that completes that all was moved. */
    ROUNDS_UP("r27", "but was: <4096>"),
    /** Does not ask whether a period is free. */
    REFILLS_EARLY("r07", "byte"),
    /** Tells its progress backwards. */
    RESIDUE_GROWS("r28", "expected: <true> but was: <false>"),
    /** Does not hear that a pause is over. */
    LOSES_RESUME("r33", "not within"),
    /** When told to stop, holds up all other channels too. */
    STOPS_NEIGHBOURS("r34", "the outcome of"),
    /** Reports failures as complete. */
    HIDES_FAILURES("e04", "expected: <READ_FAILED>"),
    /** Does not hear abort. */
    IGNORES_ABORT("r20", "not within"),
    /** Loses every other doorbell. */
    LOSES_DOORBELLS("r24", "the outcome of"),
    /** Reports ends in pairs, the second first. */
    ENDS_OUT_OF_ORDER("r26", "expected: <[1, 2");

    /** How the name of the scenario that finds it begins. */
    final String scenario;

    /** What that scenario says. */
    final String reason;

    Plant(String scenario, String reason) {
        this.scenario = scenario;
        this.reason = reason;
    }
}
