package org.dmaengine.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Whether people look at standard error, and whether they want colour there. */
final class Terminal {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private Terminal() {}

    /**
     * True if standard error is a terminal. Java has no question for that: {@link System#console}
     * looks at input and output alone, so where there is a {@code /proc} the name of the open file
     * is looked at instead.
     */
    static boolean isStandardError() {
        if (Files.isSymbolicLink(STANDARD_ERROR)) {
            try {
                return isTerminalName(Files.readSymbolicLink(STANDARD_ERROR).toString());
            } catch (IOException unreadable) {
                // Then nobody can tell; a log file full of progress is worse than no progress.
                return false;
            }
        }
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    static boolean isTerminalName(String name) {
        return name.startsWith("/dev/pts/")
                || name.startsWith("/dev/tty")
                || name.equals("/dev/console");
    }

    /** Colour only on a terminal that has some, and never against NO_COLOR (no-color.org). */
    static boolean wantsColor(Map<String, String> environment, boolean terminal) {
        return terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }
}
