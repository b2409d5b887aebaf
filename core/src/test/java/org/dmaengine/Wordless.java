package org.dmaengine;

/** A user's exception that throws again when it is asked what it is. */
final class Wordless extends RuntimeException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
        throw new IllegalStateException("no message either");
    }
}
