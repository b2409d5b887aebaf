package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do its work: one line for people, naming what and the way out. Exit code 1. */
class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    CommandFailure(String message) {
        this(message, null);
    }

    CommandFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What {@link #getMessage} says; never absent here. */
    String line() {
        String message = getMessage();
        return message == null ? "failed" : message;
    }
}
