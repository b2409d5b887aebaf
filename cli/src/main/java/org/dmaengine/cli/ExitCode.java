package org.dmaengine.cli;

/** What the process returns; part of the interface, see {@code docs/cli.md}. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** After SIGINT, SIGTERM and SIGHUP alike: the number a shell gives for Ctrl-C. */
    static final int INTERRUPTED = 130;

    /** For the help. */
    static final String[] MEANINGS = {
        DONE + ":done", FAILED + ":failed", USAGE + ":wrong usage", INTERRUPTED + ":interrupted"
    };

    private ExitCode() {}
}
