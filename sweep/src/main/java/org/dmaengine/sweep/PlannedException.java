package org.dmaengine.sweep;

/** What the callbacks of random programs throw. */
final class PlannedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PlannedException() {
        super("a callback that throws", null, false, false);
    }
}
