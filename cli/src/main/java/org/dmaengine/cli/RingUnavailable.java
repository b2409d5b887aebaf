package org.dmaengine.cli;

/** io_uring cannot be used here; the message says why, and what to do about it. */
final class RingUnavailable extends Exception {
    private static final long serialVersionUID = 1;

    RingUnavailable(String reason) {
        super(reason);
    }

    /** What {@link #getMessage} says; never absent here. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
