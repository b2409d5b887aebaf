package org.dmaengine;

/** What proved the last touch of a transfer (C9, P6). */
public enum Proof {
    /** The completion entry of the transfer itself, from kernel or device. */
    COMPLETION_ENTRY,
    /** An event recorded behind the transfer was reached. */
    EVENT,
    /** The thread that moved the bytes has left the transfer. */
    WORKER_IDLE,
    /** The endpoint was closed, and its closing is known to end all access. */
    ENDPOINT_CLOSED,
    /** The transfer was never handed to the engine. */
    NEVER_STARTED
}
