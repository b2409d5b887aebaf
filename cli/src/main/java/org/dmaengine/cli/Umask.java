package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The permissions that this process takes from new files. */
final class Umask {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "Umask:";
    private static final int USUAL = 0022;

    // Read once: nothing in a JVM changes it, and a tree has many files.
    private static final int OF_PROCESS = read();

    private Umask() {}

    /** Java has no question for it; Linux writes it down. Elsewhere the usual one is assumed. */
    static int ofProcess() {
        return OF_PROCESS;
    }

    private static int read() {
        if (Files.isReadable(STATUS)) {
            try {
                for (String line : Files.readAllLines(STATUS)) {
                    if (line.startsWith(LINE)) {
                        return Integer.parseInt(line.substring(LINE.length()).strip(), 8);
                    }
                }
            } catch (IOException unreadable) {
                return USUAL;
            }
        }
        return USUAL;
    }

    /** What is left of these permissions. */
    static Set<PosixFilePermission> applyTo(Set<PosixFilePermission> permissions, int umask) {
        StringBuilder left = new StringBuilder(PosixFilePermissions.toString(permissions));
        for (int i = 0; i < left.length(); i++) {
            // The letters stand in the order of the bits: owner's read first, 0400.
            if ((umask & (1 << (left.length() - 1 - i))) != 0) {
                left.setCharAt(i, '-');
            }
        }
        return PosixFilePermissions.fromString(left.toString());
    }
}
