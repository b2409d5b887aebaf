package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Mode and times that a target gets. Like {@code cp}: a file that is replaced keeps its mode, a new
 * one gets the source's less the umask, and {@code --archive} takes over mode and times as they
 * are. Never set through a symbolic link.
 *
 * @param permissions the mode; empty where the file system knows none
 * @param times the source's, if they are to be kept
 */
record TargetAttributes(
        Optional<Set<PosixFilePermission>> permissions, Optional<BasicFileAttributes> times) {
    /** What leaves a file as it is. */
    static final TargetAttributes NONE = new TargetAttributes(Optional.empty(), Optional.empty());

    private static final String FILE_DEFAULT = "rw-rw-rw-";

    /**
     * @param source what {@link #look} has seen; empty for a stream, which has neither mode nor
     *     times
     * @param isNew whether it is known that nothing is replaced
     */
    static TargetAttributes of(
            Optional<BasicFileAttributes> source, Path target, boolean isNew, boolean archive)
            throws IOException {
        Optional<Set<PosixFilePermission>> ofSource =
                source.isEmpty()
                        ? Optional.of(PosixFilePermissions.fromString(FILE_DEFAULT))
                        : permissions(source.get());
        if (archive && source.isPresent()) {
            return new TargetAttributes(ofSource, source);
        }
        boolean replaces = !isNew && Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS);
        return new TargetAttributes(
                replaces
                        ? permissions(look(target))
                        : ofSource.map(mode -> Umask.applyTo(mode, Umask.ofProcess())),
                Optional.empty());
    }

    /** At a path; the mode too, where the system knows modes. */
    static BasicFileAttributes look(Path path, LinkOption... options) throws IOException {
        return OwnFile.POSIX
                ? Files.readAttributes(path, PosixFileAttributes.class, options)
                : Files.readAttributes(path, BasicFileAttributes.class, options);
    }

    private static Optional<Set<PosixFilePermission>> permissions(BasicFileAttributes seen) {
        return seen instanceof PosixFileAttributes posix
                ? Optional.of(posix.permissions())
                : Optional.empty();
    }

    /**
     * What a file on its way to them is made with: the mode itself, if nobody else can look into
     * its folder, and it lets its owner take it up again; otherwise one for the owner only.
     *
     * @param hidden whether the folder is this command's own until all in it is done
     */
    Set<PosixFilePermission> modeToMake(boolean hidden) {
        return permissions.filter(mode -> hidden && isOpen(mode)).orElse(OwnFile.OWNER_ONLY);
    }

    /** Whether {@link #applyTo} has nothing to do for a file that was made so. */
    boolean areMade(boolean hidden) {
        return times.isEmpty() && permissions.filter(modeToMake(hidden)::equals).isPresent();
    }

    /**
     * What a file can have while it waits for its name: all, or all but the mode, if that would
     * keep its owner from taking it up again.
     */
    TargetAttributes opening() {
        return new TargetAttributes(permissions.filter(TargetAttributes::isOpen), times);
    }

    /** The rest. */
    TargetAttributes closing() {
        return new TargetAttributes(permissions.filter(mode -> !isOpen(mode)), Optional.empty());
    }

    private static boolean isOpen(Set<PosixFilePermission> mode) {
        return mode.containsAll(OwnFile.OWNER_ONLY);
    }

    /** Whether there is nothing to set. */
    boolean isNone() {
        return permissions.isEmpty() && times.isEmpty();
    }

    /**
     * Java opens and closes the file for that, so that this process has no lock of it any more
     * ({@link OwnFile#renewLock}).
     */
    void applyTo(Path path) throws IOException {
        var posix =
                Files.getFileAttributeView(
                        path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (posix != null && permissions.isPresent()) {
            posix.setPermissions(permissions.get());
        }
        var basic =
                Files.getFileAttributeView(
                        path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (times.isPresent()) {
            BasicFileAttributes source = times.get();
            basic.setTimes(source.lastModifiedTime(), source.lastAccessTime(), null);
        }
    }
}
