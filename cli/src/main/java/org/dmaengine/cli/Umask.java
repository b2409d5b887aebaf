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
    // The owner's read.
    private static final int FIRST = 0400;

    // Read once: nothing in a JVM changes it, and a tree has many files.
    private static final Set<PosixFilePermission> OF_PROCESS = permissions(read());

    private Umask() {}

    /** Java has no question for it; Linux writes it down. Elsewhere the usual one is assumed. */
    static Set<PosixFilePermission> ofProcess() {
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

    /** Those that a mask of bits stands for. */
    static Set<PosixFilePermission> permissions(int mask) {
        Set<PosixFilePermission> masked = EnumSet.noneOf(PosixFilePermission.class);
        int bit = FIRST;
        // They stand in the order of the bits.
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mask & bit) != 0) {
                masked.add(permission);
            }
            bit >>= 1;
        }
        return masked;
    }

    /** What is left of these permissions. */
    static Set<PosixFilePermission> applyTo(
            Set<PosixFilePermission> permissions, Set<PosixFilePermission> umask) {
        Set<PosixFilePermission> left = EnumSet.noneOf(PosixFilePermission.class);
        left.addAll(permissions);
        left.removeAll(umask);
        return left;
    }
}
