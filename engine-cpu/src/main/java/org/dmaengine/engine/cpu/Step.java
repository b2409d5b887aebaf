package org.dmaengine.engine.cpu;

/** What one bounded piece of a transfer came to. */
enum Step {
    /** Bytes were moved, and there are more to move. */
    MORE,
    /** All bytes are moved. */
    WHOLE,
    /** The source has no more; what was moved is all there is. */
    SOURCE_ENDED,
    /** The peripheral is not ready; nothing was moved. */
    NOT_READY,
    /** The stream was made ready for the selector, on which the transfer goes on. */
    FOR_SELECTOR,
    /** The next period of a cyclic transfer still belongs to the client. */
    HELD_BACK,
    /** It could not be moved; the transfer has been ended with what failed. */
    FAILED
}
