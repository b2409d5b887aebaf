package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Mode, times and owner that a target gets. Like {@code cp}: a file that is replaced keeps its mode
 * and, where this user may see to that, its owner and group; a new one gets the source's mode less
 * the umask; and {@code --archive} takes over mode and times as they are. A mode that is taken over
 * from a file with an {@link AccessList} gives nobody more than that.
 *
 * <p>Not meant for symbolic links: one that is met is refused. That is a look just before, since
 * the JDK changes a mode by opening the file, through a link if one is there by then; so only who
 * may rename in the folder of the target can still put one in its place.
 *
 * @param permissions the mode; empty where the file system knows none
 * @param times the source's, if they are to be kept
 * @param like whose owner counts: with {@code times} the source, whose special bits are kept, else
 *     what is replaced
 */
record TargetAttributes(
        Optional<Set<PosixFilePermission>> permissions,
        Optional<BasicFileAttributes> times,
        Optional<UnixFile> like) {
    /** What leaves a file as it is. */
    static final TargetAttributes NONE =
            new TargetAttributes(Optional.empty(), Optional.empty(), Optional.empty());

    private static final FileTime EPOCH = FileTime.fromMillis(0);
    private static final String FILE_DEFAULT = "rw-rw-rw-";

    /**
     * @param from where the source is; empty for a stream
     * @param source what {@link #look} has seen; empty for a stream, which has neither mode nor
     *     times
     * @param isNew whether it is known that nothing is replaced
     */
    static TargetAttributes of(
            Optional<Path> from,
            Optional<BasicFileAttributes> source,
            Path target,
            boolean isNew,
            boolean archive)
            throws IOException {
        Optional<Set<PosixFilePermission>> ofSource =
                source.isEmpty()
                        ? Optional.of(PosixFilePermissions.fromString(FILE_DEFAULT))
                        : permissions(source.get());
        if (archive && source.isPresent()) {
            Optional<Set<PosixFilePermission>> plain =
                    from.isEmpty()
                            ? ofSource
                            : ofSource.map(mode -> plain(from.get(), UnixFile.bits(mode)));
            return new TargetAttributes(plain, source, sameAs(source.get(), from));
        }
        TargetAttributes ofNew =
                new TargetAttributes(
                        ofSource.map(mode -> Umask.applyTo(mode, Umask.ofProcess())),
                        Optional.empty(),
                        Optional.empty());
        return isNew ? ofNew : ofNew.replacing(target, UnixFile.find(target)).orElse(ofNew);
    }

    /**
     * What it gets instead where this file has its name: that may have come, or have got another
     * mode, since the copy began. Empty if nothing is to be changed for that.
     */
    Optional<TargetAttributes> replacing(Path target, Optional<UnixFile> there) {
        Optional<UnixFile> other =
                there.filter(UnixFile::isPlain)
                        .filter(file -> like.filter(file::isSameAs).isEmpty());
        return times.isPresent()
                ? Optional.empty()
                : other.map(file ->
                        new TargetAttributes(
                                Optional.of(plain(target, file.mode())), Optional.empty(), other));
    }

    private static Set<PosixFilePermission> plain(Path path, int mode) {
        return Umask.permissions(AccessList.modeWithout(path, mode));
    }

    /** More of the file that was seen, if it is still there. */
    private static Optional<UnixFile> sameAs(BasicFileAttributes seen, Optional<Path> from)
            throws IOException {
        if (!OwnFile.POSIX || from.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(UnixFile.look(from.get()))
                .filter(now -> now.key().equals(seen.fileKey()));
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
        return times.isEmpty()
                && like.isEmpty()
                && permissions.filter(modeToMake(hidden)::equals).isPresent();
    }

    /**
     * What a file can have while it waits for its name: all, or all but the mode, if that or
     * another owner would keep this user from taking it up again.
     */
    TargetAttributes opening() {
        return comesWithName() ? new TargetAttributes(Optional.empty(), times, like) : this;
    }

    /** The rest; it has the times too, which are set behind the mode. */
    TargetAttributes closing() {
        return comesWithName() ? this : NONE;
    }

    private boolean comesWithName() {
        boolean isGiven = like.isPresent() && times.isEmpty();
        return permissions.filter(mode -> isGiven || !isOpen(mode)).isPresent();
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
        if (OwnFile.POSIX && permissions.isPresent()) {
            UnixFile now = UnixFile.look(path, LinkOption.NOFOLLOW_LINKS);
            if (now.isLink()) {
                throw new CommandFailure(
                        path
                                + " became a link while it was copied to; remove it, and see who"
                                + " does that");
            }
            int mode = UnixFile.bits(permissions.get());
            setMode(path, times.isPresent() ? archived(mode, now) : owned(mode, now, path));
        }
        if (times.isPresent()) {
            BasicFileAttributes source = times.get();
            Files.getFileAttributeView(
                            path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(
                            settable(source.lastModifiedTime()),
                            settable(source.lastAccessTime()),
                            null);
        }
    }

    /** The JDK sets a fraction of a second before 1970 to 1970; so that is rounded down. */
    private static FileTime settable(FileTime time) {
        return time.compareTo(EPOCH) < 0
                ? FileTime.from(time.toInstant().getEpochSecond(), TimeUnit.SECONDS)
                : time;
    }

    /**
     * With the special bits of the source. Owners are not copied: what runs as somebody by his bit
     * must not come to run as whoever copies it.
     */
    private int archived(int mode, UnixFile now) {
        UnixFile source = like.orElse(now);
        int bits = UnixFile.S_ISVTX;
        if (source.user() == now.user()) {
            bits |= UnixFile.S_ISUID;
        }
        if (source.group() == now.group() || now.isFolder()) {
            bits |= UnixFile.S_ISGID;
        }
        return mode | source.has(bits);
    }

    /** With the owner of what is replaced; what its group may do is for no other group. */
    private int owned(int mode, UnixFile now, Path path) {
        if (like.isEmpty()) {
            // A new folder has this bit from the one around it.
            return mode | (now.isFolder() ? now.has(UnixFile.S_ISGID) : 0);
        }
        UnixFile replaced = like.get();
        boolean isItsGroup =
                replaced.group() == now.group()
                        || UnixFile.give(path, "unix:gid", replaced.group());
        if (replaced.user() != now.user()) {
            boolean _ = UnixFile.give(path, "unix:uid", replaced.user());
        }
        return isItsGroup ? mode : mode & ~UnixFile.S_IRWXG;
    }

    /**
     * Lets its owner make files in a folder of his.
     *
     * @return what gives it back the mode that it had; empty if that allowed it already
     */
    static Optional<TargetAttributes> openUp(Path folder) throws IOException {
        if (!OwnFile.POSIX) {
            return Optional.empty();
        }
        UnixFile now = UnixFile.look(folder, LinkOption.NOFOLLOW_LINKS);
        if (!now.isFolder() || now.has(UnixFile.S_IRWXU) == UnixFile.S_IRWXU) {
            return Optional.empty();
        }
        Files.setAttribute(
                folder,
                "unix:mode",
                now.permissions() | UnixFile.S_IRWXU,
                LinkOption.NOFOLLOW_LINKS);
        return Optional.of(
                new TargetAttributes(
                        Optional.of(Umask.permissions(now.mode())),
                        Optional.empty(),
                        Optional.empty()));
    }

    private void setMode(Path path, int mode) throws IOException {
        try {
            Files.setAttribute(path, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException | NoSuchFileException problem) {
            throw problem;
        } catch (FileSystemException knowsNoModes) {
            // As vfat and some network mounts. What is new keeps the one that it was made with.
            if (times.isPresent() || like.isPresent()) {
                throw knowsNoModes;
            }
        }
    }
}
