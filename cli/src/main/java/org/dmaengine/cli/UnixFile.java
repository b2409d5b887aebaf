package org.dmaengine.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Unix tells of a file beyond permissions. Only where there are owners and modes.
 *
 * @param key what no other file has
 * @param mode type, special bits and permissions
 * @param user the number of its owner
 * @param group the number of its group
 */
record UnixFile(Object key, int mode, int user, int group) {
    // Of stat.h.
    private static final int S_IFMT = 0170000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFREG = 0100000;
    static final int S_ISUID = 04000;
    static final int S_ISGID = 02000;
    static final int S_ISVTX = 01000;
    static final int S_IRWXU = 0700;
    static final int S_IRWXG = 0070;
    // The owner's read.
    private static final int S_IRUSR = 0400;

    static UnixFile look(Path path, LinkOption... links) throws IOException {
        Map<String, Object> all = Files.readAttributes(path, "unix:fileKey,mode,uid,gid", links);
        return new UnixFile(
                requireNonNull(all.get("fileKey")),
                (int) requireNonNull(all.get("mode")),
                (int) requireNonNull(all.get("uid")),
                (int) requireNonNull(all.get("gid")));
    }

    /** The same of a name; empty if nothing has it, or there are no owners and modes here. */
    static Optional<UnixFile> find(Path path) throws IOException {
        if (!OwnFile.POSIX) {
            return Optional.empty();
        }
        try {
            return Optional.of(look(path, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /** As {@code equals}, without what a record needs time for when that is first used. */
    boolean isSameAs(UnixFile other) {
        return key.equals(other.key)
                && mode == other.mode
                && user == other.user
                && group == other.group;
    }

    boolean isLink() {
        return (mode & S_IFMT) == S_IFLNK;
    }

    boolean isPlain() {
        return (mode & S_IFMT) == S_IFREG;
    }

    boolean isFolder() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    /** All bits of its mode but its type. */
    int permissions() {
        return mode & ~S_IFMT;
    }

    /** Those of these bits that it has. */
    int has(int bits) {
        return mode & bits;
    }

    static int bits(Set<PosixFilePermission> permissions) {
        int bits = 0;
        int bit = S_IRUSR;
        // They stand in the order of the bits.
        for (PosixFilePermission each : PosixFilePermission.values()) {
            if (permissions.contains(each)) {
                bits |= bit;
            }
            bit >>= 1;
        }
        return bits;
    }

    /** False if this user may not. */
    static boolean give(Path path, String attribute, int number) {
        try {
            Files.setAttribute(path, attribute, number, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }
}
