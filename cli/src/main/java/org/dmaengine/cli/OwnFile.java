package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
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
 *
 * <p>Who has locked the file that the name stands for, and nobody else, may rename or delete it. A
 * lock of a file that lost its name before is worth nothing, so under each lock the name is looked
 * at. Java tells which file a name stands for, but not which one is open; so a file is opened
 * between two looks that agree, and one that was just made is opened once more.
 *
 * <p>By one thread at a time.
 */
final class OwnFile implements AutoCloseable {
    /** Whether the system knows owners and modes. */
    static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    /** Of a file that is not whole yet. */
    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** Another copy may come in between, but hardly each time. */
    static final int TRIES_MAX = 10;

    private final Path path;
    private final FileChannel channel;
    // Null if nobody else can mean its name.
    private final @Nullable FoundFile found;
    // Null where there are no locks.
    private @Nullable FileLock lock;
    private boolean lost;

    private OwnFile(Path path, FileChannel channel, @Nullable FoundFile found) {
        this.path = path;
        this.channel = channel;
        this.found = found;
    }

    /**
     * Makes a file that was not there, readable by its owner only.
     *
     * @param more options to open it with, besides those for reading and writing
     * @throws FileAlreadyExistsException if the name is taken, be it by a link that leads nowhere
     * @throws CommandFailure if another copy takes it at once
     */
    static OwnFile create(Path path, OpenOption... more) throws IOException {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            FileChannel made = make(path, OWNER_ONLY, more);
            try {
                return lockMade(path, made, more);
            } catch (NoSuchFileException takenForALeftOver) {
                // By a copy that found it before it was locked.
            }
        }
        throw busy(path);
    }

    /** The same with a mode of its own, under a name that nobody else makes or looks for. */
    static OwnFile createUnlocked(Path path, Set<PosixFilePermission> mode, OpenOption... more)
            throws IOException {
        return new OwnFile(path, make(path, mode, more), null);
    }

    private static FileChannel make(Path path, Set<PosixFilePermission> mode, OpenOption... more)
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
     * Takes over the channel.
     *
     * @throws NoSuchFileException if the name is lost
     */
    static OwnFile lockMade(Path path, FileChannel made, OpenOption... more) throws IOException {
        FoundFile found;
        boolean reopen;
        try {
            found = FoundFile.at(path);
            // Where a file system has owners or modes of its own, another could not be told from
            // it.
            reopen = found.isPrivate();
        } catch (IOException | RuntimeException notFound) {
            made.close();
            throw notFound;
        }
        if (!reopen) {
            return locked(path, made, found);
        }
        made.close();
        found.requireOurs(path);
        OwnFile file = locked(path, FileChannel.open(path, options(more)), found);
        if (file.channel.size() != found.sizeBytes()) {
            // Another copy has made it in between, written to it, and died.
            file.close();
            throw new NoSuchFileException(path.toString());
        }
        return file;
    }

    /**
     * Opens one that an earlier copy left.
     *
     * @param more as for {@link #create}
     * @throws NoSuchFileException if there is none, or no more
     * @throws CommandFailure if it is not ours, or another copy is at it
     */
    static OwnFile openLeftOver(Path path, OpenOption... more) throws IOException {
        FoundFile found = FoundFile.at(path);
        found.requireOurs(path);
        return openLeftOver(path, found, more);
    }

    private static OwnFile openLeftOver(Path path, FoundFile found, OpenOption... more)
            throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, options(more));
        } catch (AccessDeniedException closed) {
            openUp(path, found);
            channel = FileChannel.open(path, options(more));
        }
        return locked(path, channel, found);
    }

    /**
     * A copy that ends when it has given it its last mode, and not its name, leaves it read-only.
     */
    private static void openUp(Path path, FoundFile found) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            OwnFile file = new OwnFile(path, channel, found);
            // Others cannot get theirs meanwhile, so that it does not get its name with this mode.
            file.lock(true);
            file.requireInPlace();
            Files.getFileAttributeView(
                            path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setPermissions(OWNER_ONLY);
        }
    }

    /**
     * Takes over the channel.
     *
     * @param found what was at the path before it was opened, or while it was
     */
    static OwnFile locked(Path path, FileChannel channel, FoundFile found) throws IOException {
        OwnFile file = new OwnFile(path, channel, found);
        try {
            file.lock(false);
            if (file.isInPlace()) {
                return file;
            }
        } catch (IOException | RuntimeException notLocked) {
            file.close();
            throw notLocked;
        }
        file.close();
        throw new NoSuchFileException(path.toString());
    }

    private void lock(boolean shared) throws IOException {
        try {
            lock = channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException anotherThread) {
            throw busy(path);
        } catch (IOException noLocks) {
            // A file system without locks (some network mounts) cannot tell of another copy.
            lock = null;
            return;
        }
        if (lock == null) {
            throw busy(path);
        }
    }

    /**
     * Deletes one that an earlier copy left, while nobody else can be at it. Throws as {@link
     * #openLeftOver}.
     */
    static void discardLeftOver(Path path) throws IOException {
        FoundFile found = FoundFile.at(path);
        found.requireOursOrGiven(path);
        try (OwnFile left = openLeftOver(path, found)) {
            Files.delete(left.path);
        }
    }

    static CommandFailure busy(Path path) {
        return new CommandFailure(
                "another copy to the same target is running (it has "
                        + path
                        + " locked); wait for its end");
    }

    FileChannel channel() {
        return channel;
    }

    /**
     * Locks it once more: this process gives the lock up when it closes any other descriptor of the
     * file (fcntl(2)), as Java does when it has set its mode or times.
     *
     * @throws CommandFailure if another copy has taken it meanwhile
     */
    void renewLock() throws IOException {
        FileLock given = lock;
        if (given == null) {
            return;
        }
        lost = true;
        given.release();
        lock(false);
        lost = false;
        requireInPlace();
    }

    /** Whether the name still stands for this file, and nobody else can have begun to use it. */
    boolean isInPlace() throws IOException {
        if (found == null) {
            return true;
        }
        try {
            return !lost && found.isSameAs(FoundFile.at(path));
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    /**
     * @throws CommandFailure if the name stands for another file
     */
    void requireInPlace() throws IOException {
        if (!isInPlace()) {
            throw new CommandFailure(
                    path
                            + " is not what this copy has written any more: another copy to the"
                            + " same target has replaced it, or somebody removed it; copy again");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
