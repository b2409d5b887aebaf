package org.dmaengine;

/** How a transfer ended: exactly one of these, once, after the last touch (C2). */
public enum Outcome {
    /** All bytes moved, or the source ended early and the residue tells how much is missing. */
    COMPLETE,
    /** Reading from the source failed; the bytes moved before that are counted. */
    READ_FAILED,
    /** Writing to the target failed; the bytes moved before that are counted. */
    WRITE_FAILED,
    /** Terminated before its end; the bytes moved until then are counted. */
    ABORTED
}
