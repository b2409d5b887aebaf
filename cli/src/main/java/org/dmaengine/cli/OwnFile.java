package org.dmaengine.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A file in a folder that others may write to, opened so that it is surely ours: made by this call,
 * or found, but then a plain file of this user without a second name, never a link. Locked for as
 * long as it is open, so that two copies to one target do not meet; all but what has a name that no
 * other copy can come upon.
 */
final class OwnFile {
    /** Whether the system knows owners and modes. */
    static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    /** Of a file that is not whole yet. */
    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private OwnFile() {}

    /**
     * Makes a file that was not there, readable by its owner only.
     *
     * @param more options to open it with, besides those for reading and writing
     * @throws FileAlreadyExistsException if the name is taken, be it by a link that leads nowhere
     */
    static FileChannel create(Path path, OpenOption... more) throws IOException {
        return create(path, OWNER_ONLY, more);
    }

    /** The same with a mode of its own, less the umask, from its first moment. */
    static FileChannel create(Path path, Set<PosixFilePermission> mode, OpenOption... more)
            throws IOException {
        return lock(path, createUnlocked(path, mode, more));
    }

    /** The same under a name that nobody else makes or looks for. */
    static FileChannel createUnlocked(Path path, Set<PosixFilePermission> mode, OpenOption... more)
            throws IOException {
        Set<OpenOption> options = options(more);
        options.add(StandardOpenOption.CREATE_NEW);
        return FileChannel.open(path, options, mode(mode));
    }

    private static Set<OpenOption> options(OpenOption... more) {
        Set<OpenOption> options = new HashSet<>(List.of(more));
        options.add(StandardOpenOption.READ);
        options.add(StandardOpenOption.WRITE);
        options.add(LinkOption.NOFOLLOW_LINKS);
        return options;
    }

    /** What is made gets it from its first moment; nothing where the system knows no modes. */
    static FileAttribute<?>[] mode(Set<PosixFilePermission> permissions) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }

    /**
     * Opens one that an earlier copy left.
     *
     * @param more as for {@link #create}
     * @throws NoSuchFileException if there is none
     * @throws CommandFailure if it is not ours, or another copy is at it
     */
    static FileChannel openLeftOver(Path path, OpenOption... more) throws IOException {
        Object before = requireOurs(path);
        FileChannel channel = lock(path, FileChannel.open(path, options(more)));
        try {
            // Between look and lock another copy may have finished, and a third begun.
            if (!before.equals(requireOurs(path))) {
                throw busy(path);
            }
            return channel;
        } catch (IOException | RuntimeException notOurs) {
            channel.close();
            throw notOurs;
        }
    }

    /**
     * Deletes one that an earlier copy left, while nobody else can be at it. Throws as {@link
     * #openLeftOver}.
     */
    static void discardLeftOver(Path path) throws IOException {
        FileChannel locked = openLeftOver(path);
        try {
            Files.delete(path);
        } finally {
            locked.close();
        }
    }

    private static FileChannel lock(Path path, FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException anotherThread) {
            // Told below.
        } catch (IOException noLocks) {
            // A file system without locks (some network mounts) cannot tell of another copy.
            return channel;
        }
        channel.close();
        throw busy(path);
    }

    private static CommandFailure busy(Path path) {
        return new CommandFailure(
                "another copy to the same target is running (it has "
                        + path
                        + " locked); wait for its end");
    }

    /** The identity of the file at this path, if it may be trusted. */
    private static Object requireOurs(Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(path.toString());
            }
            throw foreign(path, "is not a plain file");
        }
        if (!POSIX) {
            return path;
        }
        Object owner = attribute(path, "unix:uid");
        if (!owner.equals(userId())) {
            throw foreign(path, "belongs to another user");
        }
        if (!attribute(path, "unix:nlink").equals(1)) {
            throw foreign(path, "has a second name (a hard link)");
        }
        return attribute(path, "unix:ino");
    }

    private static Object attribute(Path path, String name) throws IOException {
        return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
    }

    private static Object userId() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self)
                ? Files.getAttribute(self, "unix:uid")
                : Files.getAttribute(Path.of(System.getProperty("user.home")), "unix:uid");
    }

    private static CommandFailure foreign(Path path, String why) {
        return new CommandFailure(
                path + " is in the way: it " + why + ", so this copy did not make it; remove it");
    }
}
