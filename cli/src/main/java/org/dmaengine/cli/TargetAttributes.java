package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

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
    private static final String FILE_DEFAULT = "rw-rw-rw-";

    /**
     * @param source null for a stream, which has neither mode nor times
     */
    static TargetAttributes of(@Nullable Path source, Path target, boolean archive)
            throws IOException {
        Optional<Set<PosixFilePermission>> ofSource =
                source == null
                        ? Optional.of(PosixFilePermissions.fromString(FILE_DEFAULT))
                        : permissions(source);
        Optional<BasicFileAttributes> times =
                archive && source != null
                        ? Optional.of(Files.readAttributes(source, BasicFileAttributes.class))
                        : Optional.empty();
        if (archive && source != null) {
            return new TargetAttributes(ofSource, times);
        }
        boolean replaces = Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS);
        return new TargetAttributes(
                replaces
                        ? permissions(target)
                        : ofSource.map(mode -> Umask.applyTo(mode, Umask.ofProcess())),
                times);
    }

    private static Optional<Set<PosixFilePermission>> permissions(Path path) throws IOException {
        if (Files.getFileAttributeView(path, PosixFileAttributeView.class) == null) {
            return Optional.empty();
        }
        return Optional.of(Files.readAttributes(path, PosixFileAttributes.class).permissions());
    }

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
