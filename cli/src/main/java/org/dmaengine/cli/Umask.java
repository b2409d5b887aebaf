package org.dmaengine.cli;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** The permissions that this process takes from new files. */
final class Umask {
    private static final int USUAL = 0022;
    // The owner's read.
    private static final int FIRST = 0400;

    // Read once: nothing in a JVM changes it, and a tree has many files.
    private static final Set<PosixFilePermission> OF_PROCESS =
            permissions(
                    ProcSelf.behind("Umask:", "status")
                            .map(octal -> Integer.parseInt(octal, 8))
                            .orElse(USUAL));

    private Umask() {}

    /** Where the system does not tell, the usual one is assumed. */
    static Set<PosixFilePermission> ofProcess() {
        return OF_PROCESS;
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
