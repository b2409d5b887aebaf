package org.dmaengine.sweep;

/** What one step of a random program does. */
enum Action {
    /** Prepares and submits a copy. */
    COPY,
    /** The same through {@code tryMemcpy}. */
    HOT_COPY,
    FILL,
    INTERRUPT,
    /** Reads from a simulated device that may run dry. */
    READ_DEVICE,
    CYCLIC,
    /** Prepares a descriptor and keeps it. */
    PREPARE,
    /** Submits the descriptor that was kept last, stale or not. */
    SUBMIT_KEPT,
    REARM,
    ISSUE,
    STATE,
    STATUS,
    ACKNOWLEDGE,
    PAUSE,
    RESUME,
    TERMINATE_ASYNC,
    TERMINATE_SYNC,
    SYNCHRONIZE,
    DRAIN,
    AWAIT,
    FUTURE,
    CLOSE,
    REOPEN,
    CLOSE_ARENA,
    MAP,
    INTERRUPT_THREAD,
    SLEEP
}
