package org.dmaengine.engine.uring;

/** io_uring cannot be had here, and what can be done about it. */
final class UringUnavailable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String remedy;

    UringUnavailable(String reason, String remedy) {
        super(reason);
        this.remedy = remedy;
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    String remedy() {
        return remedy;
    }
}
