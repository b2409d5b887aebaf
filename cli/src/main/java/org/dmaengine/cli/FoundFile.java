package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What one look at a name found there; a link is not followed. Where the system knows no owners and
 * modes, every file is taken for the one that is meant.
 *
 * @param number by which the file system knows it again
 * @param mode type and permissions, as in stat(2)
 * @param owner the number of its user
 * @param names how many it has
 * @param sizeBytes its length; 0 where no modes are known
 */
record FoundFile(Object number, int mode, Object owner, int names, long sizeBytes) {
    // S_IFMT and S_IFREG of sys/stat.h.
    private static final int TYPE = 0170000;
    private static final int PLAIN = 0100000;
    private static final int OF_OTHERS = 0077;
    private static final Object ROOT = 0;
    private static final int OF_FILES = 3;

    // Volatile: the same answer, whoever asks first.
    private static volatile @Nullable Object user;

    /**
     * @throws NoSuchFileException if there is none
     */
    static FoundFile at(Path path) throws IOException {
        if (!OwnFile.POSIX) {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(path.toString());
            }
            boolean plain = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
            return new FoundFile(path, plain ? PLAIN | OF_OTHERS : 0, "", 1, 0);
        }
        Map<String, Object> seen =
                Files.readAttributes(
                        path, "unix:ino,mode,uid,nlink,size", LinkOption.NOFOLLOW_LINKS);
        return new FoundFile(
                number(seen, "ino"),
                number(seen, "mode").intValue(),
                number(seen, "uid"),
                number(seen, "nlink").intValue(),
                number(seen, "size").longValue());
    }

    private static Number number(Map<String, Object> seen, String name) {
        if (seen.get(name) instanceof Number number) {
            return number;
        }
        throw new AssertionError("no " + name + " in " + seen);
    }

    /** As {@code equals}, for the file alone. */
    boolean isSameAs(FoundFile other) {
        return number.equals(other.number);
    }

    /** Whether nobody else can have opened it, since it is. */
    boolean isPrivate() throws IOException {
        return OwnFile.POSIX && (mode & OF_OTHERS) == 0 && owner.equals(user());
    }

    /**
     * @param path where it was found
     * @throws NoSuchFileException if it is there no more
     * @throws CommandFailure if this user's copies cannot have made it
     */
    void requireOurs(Path path) throws IOException {
        if (OwnFile.POSIX && !owner.equals(user())) {
            throw foreign(path, "belongs to another user");
        }
        requirePlain(path);
    }

    /**
     * The same, but root may have given it to the owner of what it was to replace.
     *
     * @throws CommandFailure as {@link #requireOurs}
     */
    void requireOursOrGiven(Path path) throws IOException {
        if (user().equals(ROOT)) {
            requirePlain(path);
        } else {
            requireOurs(path);
        }
    }

    private void requirePlain(Path path) throws NoSuchFileException {
        if ((mode & TYPE) != PLAIN) {
            throw foreign(path, "is not a plain file");
        }
        if (names == 0) {
            // Looked at while it lost its name.
            throw new NoSuchFileException(path.toString());
        }
        if (names > 1) {
            throw foreign(path, "has a second name (a hard link)");
        }
    }

    private static Object user() throws IOException {
        Object known = user;
        if (known == null) {
            known = userOfFiles();
            user = known;
        }
        return known;
    }

    /**
     * Whose files this process makes. Who owns {@code /proc/self} says less: of a process that may
     * not be looked into, as one with capabilities, that is root.
     */
    private static Object userOfFiles() throws IOException {
        Optional<String> realEffectiveSavedAndOfFiles = ProcSelf.behind("Uid:", "status");
        return realEffectiveSavedAndOfFiles.isPresent()
                ? Integer.parseUnsignedInt(
                        realEffectiveSavedAndOfFiles.get().split("\\s+", -1)[OF_FILES])
                : Files.getAttribute(Path.of(System.getProperty("user.home")), "unix:uid");
    }

    private static CommandFailure foreign(Path path, String why) {
        return new CommandFailure(
                path + " is in the way: it " + why + ", so this copy did not make it; remove it");
    }
}
