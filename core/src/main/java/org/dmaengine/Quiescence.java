package org.dmaengine;

/** The answer of a wait with a deadline (C11): a deadline ends the wait, never the ownership. */
public sealed interface Quiescence permits Quiesced, StillOwned {
    /** What is over so far. */
    Receipt receipt();

    /** True if the buffers are free. */
    default boolean isQuiesced() {
        return this instanceof Quiesced;
    }
}
