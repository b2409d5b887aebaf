package org.dmaengine.cli;

/** The arguments make no sense together. Exit code 2, and nothing was touched. */
final class UsageFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageFailure(String message) {
        super(message);
    }
}
