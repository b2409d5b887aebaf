package org.dmaengine.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;

/**
 * Walks through the source of a tree and has all copied that it meets; see {@link TreeCopy}. Each
 * name is looked at once, for what it is, what tells it from a changed one, and its mode: {@link
 * Files#walkFileTree} looks too, but does not tell the mode.
 */
final class TreeWalk implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    private final Path target;
    private final boolean archive;
    private final TreeJournal journal;
    private final TreeRecord record;
    private final FileCopy wide;
    private final CopyWorkers workers;
    private final Publishing publishing;
    private final TreeBatch batch;
    // Those that the walk is in, the innermost first.
    private final Deque<Level> levels = new ArrayDeque<>();
    // What tells the root of the target from all other folders; empty before it is there.
    private Optional<Object> targetKey = Optional.empty();

    TreeWalk(
            Path target,
            boolean archive,
            TreeJournal journal,
            TreeRecord record,
            FileCopy wide,
            CopyWorkers workers,
            Publishing publishing,
            TreeBatch batch) {
        this.target = target;
        this.archive = archive;
        this.journal = journal;
        this.record = record;
        this.wide = wide;
        this.workers = workers;
        this.publishing = publishing;
        this.batch = batch;
    }

    /**
     * A folder that the walk is in. None is open: a tree may be deeper than files can be.
     *
     * @param rest the names in it that have not been looked at
     */
    private record Level(Path source, Deque<Path> rest, TargetFolder into) {}

    /** Goes through all of it, until somebody wants the end. */
    void walk(Path source) {
        visit(source, null);
        while (!levels.isEmpty() && !record.isOver()) {
            Level level = levels.element();
            Path next = level.rest().poll();
            if (next == null) {
                leave(true);
            } else {
                visit(level.source().resolve(next), level.into());
            }
        }
    }

    /**
     * What goes wrong with this one is told, and the rest goes on.
     *
     * @param into null for the root of the tree
     */
    private void visit(Path source, @Nullable TargetFolder into) {
        BasicFileAttributes seen;
        try {
            if (into != null) {
                Siblings.requireNoneOfThem(source, source);
            }
            seen = TargetAttributes.look(source, LinkOption.NOFOLLOW_LINKS);
        } catch (CommandFailure reserved) {
            record.failed(reserved);
            return;
        } catch (IOException problem) {
            record.failed(FileProblem.of("reading " + source, problem));
            return;
        }
        Path path = into == null ? target : into.resolve(source.getFileName());
        try {
            if (seen.isDirectory()) {
                enter(source, seen, path, into);
                return;
            }
            assert into != null : source + " lies in no folder";
            if (seen.isRegularFile()) {
                file(source, seen, path, into);
            } else {
                other(source, seen, path, into);
            }
        } catch (CommandFailure failure) {
            record.failed(failure);
        } catch (IOException problem) {
            record.failed(FileProblem.of("making " + path, problem));
        }
    }

    private void enter(
            Path source, BasicFileAttributes seen, Path path, @Nullable TargetFolder around)
            throws IOException {
        if (isTarget(seen)) {
            throw new CommandFailure(
                    source + " is " + target + ", which would contain itself; not copied");
        }
        Optional<Deque<Path>> names = names(source);
        if (names.isPresent()) {
            folder(source, seen, path, around)
                    .ifPresent(into -> levels.push(new Level(source, names.get(), into)));
        }
    }

    /** A folder may be mounted inside the source and elsewhere, too. */
    private boolean isTarget(BasicFileAttributes seen) {
        Object key = seen.fileKey();
        return key != null && targetKey.filter(key::equals).isPresent();
    }

    /** As many as can be read; empty if none can. */
    private Optional<Deque<Path>> names(Path folder) {
        Deque<Path> names = new ArrayDeque<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(path -> names.add(path.getFileName()));
        } catch (DirectoryIteratorException problem) {
            record.failed(FileProblem.of("reading " + folder, requireNonNull(problem.getCause())));
        } catch (IOException problem) {
            record.failed(FileProblem.of("reading " + folder, problem));
            return Optional.empty();
        }
        return Optional.of(names);
    }

    /** Makes it, if it is not there; empty if something else is. */
    private Optional<TargetFolder> folder(
            Path source, BasicFileAttributes seen, Path path, @Nullable TargetFolder around)
            throws IOException {
        Path relative = around == null ? Path.of("") : around.relative(source.getFileName());
        boolean isNew = around != null && around.isMade();
        boolean there = !isNew && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (!isNew && !there && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            record.failed(
                    new CommandFailure(
                            path
                                    + " exists and is not a folder, but "
                                    + source
                                    + " is; remove it"));
            return Optional.empty();
        }
        boolean foreign = there && !journal.isMade(relative);
        // Before the contents; the mode of the source may forbid to make them.
        Optional<TargetAttributes> later =
                foreign && !archive
                        ? Optional.empty()
                        : Optional.of(
                                TargetAttributes.of(
                                        Optional.of(source),
                                        Optional.of(seen),
                                        path,
                                        false,
                                        archive));
        if (there && (!foreign || journal.isFinished(relative))) {
            Optional<TargetAttributes> found = TargetAttributes.openUp(path);
            later = later.or(() -> found);
        }
        if (!there) {
            journal.making(relative);
            Files.createDirectory(path, OwnFile.mode(OWNER_ONLY));
        }
        if (around == null) {
            targetKey = Siblings.key(path, LinkOption.NOFOLLOW_LINKS);
        }
        return Optional.of(
                new TargetFolder(
                        around, relative, path, !there, later, publishing.covering(path), record));
    }

    /** A link, or what cannot be copied. */
    private void other(Path source, BasicFileAttributes seen, Path path, TargetFolder into)
            throws IOException {
        if (!seen.isSymbolicLink()) {
            throw new CommandFailure(
                    source + " is neither a file, a folder nor a link; not copied");
        }
        if (!into.isMade()) {
            journal.dropLeftOver(path);
        }
        TreeCopy.copyLink(source, path);
        into.named();
    }

    private void file(Path source, BasicFileAttributes seen, Path path, TargetFolder into)
            throws IOException {
        if (journal.isDone(into, seen, path)) {
            record.skipped(seen.size());
            return;
        }
        if (!into.isMade()) {
            journal.dropLeftOver(path);
        }
        boolean isSmall = seen.size() <= TreeCopy.SMALL_BYTES;
        Destination to =
                isSmall && into.isMade()
                        ? Destination.inNewFolder(path, journal.tag())
                        : Destination.of(path);
        into.enter();
        if (!isSmall) {
            copy(wide, source, seen, into, to);
        } else {
            workers.execute(
                    files -> copy(files, source, seen, into, to),
                    why -> {
                        record.ended(why);
                        into.leave(false);
                    });
        }
    }

    /** On the thread of the walk or of a worker. */
    private void copy(
            FileCopy files,
            Path source,
            BasicFileAttributes seen,
            TargetFolder into,
            Destination to) {
        if (record.isOver()) {
            into.leave(false);
            return;
        }
        boolean tried = true;
        try {
            if (!to.isNew()) {
                CopyPlan.requireReplaceable(source, to.path());
            }
            Optional<WholeFile> written = files.write(source, seen, to);
            if (written.isPresent()) {
                batch.add(new TreeBatch.File(written.get(), into));
                return;
            }
            record.interrupted();
            tried = false;
        } catch (CommandFailure failure) {
            if (files.isQuiesced()) {
                record.failed(failure);
            } else {
                record.ended(failure);
            }
        }
        into.leave(tried);
    }

    private void leave(boolean complete) {
        levels.pop().into().leave(complete);
    }

    /** The walk is over, whether at its end or before. */
    @Override
    public void close() {
        while (!levels.isEmpty()) {
            leave(false);
        }
    }
}
