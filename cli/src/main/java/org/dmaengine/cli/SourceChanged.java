package org.dmaengine.cli;

/** Somebody wrote to a file while it was copied, so that what was read may be of two states. */
final class SourceChanged extends CommandFailure {
    private static final long serialVersionUID = 1;

    SourceChanged(String message) {
        super(message);
    }
}
