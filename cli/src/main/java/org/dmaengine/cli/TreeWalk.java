package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Walks through the source of a tree and has all copied that it meets; see {@link TreeCopy}. */
final class TreeWalk extends SimpleFileVisitor<Path> {
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
    // The folder that the walk is in.
    private @Nullable TargetFolder here;

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

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
            throws IOException {
        TargetFolder around = here;
        Path name = folder.getFileName();
        Path relative = around == null ? Path.of("") : around.relative(name);
        Path path = around == null ? target : around.resolve(name);
        boolean there = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (!there && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            record.failed(
                    new CommandFailure(
                            path
                                    + " exists and is not a folder, but "
                                    + folder
                                    + " is; remove it"));
            return FileVisitResult.SKIP_SUBTREE;
        }
        boolean foreign = there && !journal.isMade(relative);
        // Before the contents; the mode of the source may forbid to make them.
        Optional<TargetAttributes> later =
                foreign && !archive
                        ? Optional.empty()
                        : Optional.of(TargetAttributes.of(folder, path, archive));
        if (!there) {
            journal.making(relative);
            Files.createDirectory(path, OwnFile.mode(OWNER_ONLY));
        }
        here =
                new TargetFolder(
                        around, relative, path, !there, later, publishing.covering(path), record);
        return goOn();
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        TargetFolder into = here;
        assert into != null : file + " lies in no folder";
        if (attributes.isRegularFile()) {
            visitFile(file, SourceIdentity.of(attributes), into);
            return goOn();
        }
        try {
            if (!attributes.isSymbolicLink()) {
                throw new CommandFailure(
                        file + " is neither a file, a folder nor a link; not copied");
            }
            TreeCopy.copyLink(file, into.resolve(file.getFileName()));
            into.linked();
        } catch (CommandFailure failure) {
            record.failed(failure);
        }
        return goOn();
    }

    private void visitFile(Path file, SourceIdentity identity, TargetFolder into)
            throws IOException {
        Path name = file.getFileName();
        if (journal.isDone(into.relative(name), identity, into.resolve(name))) {
            record.skipped(identity.sizeBytes());
            return;
        }
        into.enter();
        if (identity.sizeBytes() > TreeCopy.SMALL_BYTES) {
            copy(wide, file, identity, into, false);
        } else {
            workers.execute(
                    files -> copy(files, file, identity, into, into.isMade()),
                    why -> {
                        record.ended(why);
                        into.leave(false);
                    });
        }
    }

    /**
     * On the thread of the walk or of a worker.
     *
     * @param isNew whether nothing of it can be there, nor be left of an earlier copy
     */
    private void copy(
            FileCopy files, Path file, SourceIdentity identity, TargetFolder into, boolean isNew) {
        if (record.isOver()) {
            into.leave(false);
            return;
        }
        boolean tried = true;
        Path name = file.getFileName();
        Path path = into.resolve(name);
        try {
            if (!isNew) {
                CopyPlan.requireReplaceable(file, path);
            }
            Optional<WholeFile> written = files.write(file, path, isNew);
            if (written.isPresent()) {
                batch.add(new TreeBatch.File(into.relative(name), identity, written.get(), into));
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

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException problem) {
        record.failed(FileProblem.of("reading " + file, problem));
        return goOn();
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) {
        if (problem != null) {
            record.failed(FileProblem.of("reading " + folder, problem));
        }
        leave(true);
        return goOn();
    }

    private void leave(boolean complete) {
        TargetFolder left = here;
        assert left != null : "the walk is in no folder";
        here = left.parent();
        left.leave(complete);
    }

    /** The walk is over, whether at its end or before. */
    void leaveAll() {
        while (here != null) {
            leave(false);
        }
    }

    private FileVisitResult goOn() {
        return record.isOver() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }
}
