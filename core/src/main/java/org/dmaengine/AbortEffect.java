package org.dmaengine;

/** What an engine's abort can do to an operation (P6). */
public enum AbortEffect {
    /** Only what has not begun is withdrawn; what runs goes on to its end. */
    QUEUED_ONLY,
    /** What runs stops at the next chunk boundary. */
    CHUNK_BOUNDARY,
    /** What runs stops at once, a blocked wait included. */
    AT_ONCE,
    /** Nothing can be stopped; termination waits for the end, however long it takes. */
    DRAIN_ONLY
}
