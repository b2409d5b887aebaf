package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The permissions that this process takes from new files. */
final class Umask {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String LINE = "Umask:";
    private static final int USUAL = 0022;

    private Umask() {}

    /** Java has no question for it; Linux writes it down. Elsewhere the usual one is assumed. */
    static int ofProcess() {
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
        Set<PosixFilePermission> left = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (PosixFilePermission permission : permissions) {
            // The constants stand in the order of the bits: owner's read first, 0400.
            int bit = 1 << (all.length - 1 - permission.ordinal());
            if ((umask & bit) == 0) {
                left.add(permission);
            }
        }
        return left;
    }
}
