package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files this process may have open. */
final class OpenFiles {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";
    private static final int USUAL = 1024;

    private OpenFiles() {}

    /** Java has no question for it; Linux writes it down. Elsewhere the usual number is assumed. */
    static int limit() {
        if (Files.isReadable(LIMITS)) {
            try {
                for (String line : Files.readAllLines(LIMITS)) {
                    if (line.startsWith(LINE)) {
                        return number(line.substring(LINE.length()).strip().split(" ", 2)[0]);
                    }
                }
            } catch (IOException unreadable) {
                return USUAL;
            }
        }
        return USUAL;
    }

    private static int number(String soft) {
        try {
            return Integer.parseInt(soft);
        } catch (NumberFormatException unlimited) {
            return Integer.MAX_VALUE;
        }
    }
}
