package org.dmaengine.engine.uring;

/** What an engine that goes on without something says of it. */
final class Warnings {
    private static final System.Logger LOG = System.getLogger("org.dmaengine");

    private Warnings() {}

    /** Runs the client's code, so what that throws is its own: no transfer ends by it. */
    static void log(String format, Object... parameters) {
        try {
            LOG.log(System.Logger.Level.WARNING, format, parameters);
        } catch (RuntimeException | Error ofTheLogger) {
            // There is nobody left to tell.
        }
    }
}
