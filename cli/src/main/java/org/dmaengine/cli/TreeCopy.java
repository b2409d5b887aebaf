package org.dmaengine.cli;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies a folder with all it holds, one file after the other. Links are copied as links, whatever
 * they lead to, and never walked through on either side. A file that cannot be copied is told and
 * the rest goes on, as with {@code cp}; the command fails in the end.
 */
final class TreeCopy {
    private final FileCopy files;
    private final Interruption interruption;
    private final Lanes lanes;
    private final CopyOptions options;
    private final CopyReport report;
    private final Map<Path, TargetAttributes> folders = new HashMap<>();
    private int failures;

    TreeCopy(
            FileCopy files,
            Interruption interruption,
            Lanes lanes,
            CopyOptions options,
            CopyReport report) {
        this.files = files;
        this.interruption = interruption;
        this.lanes = lanes;
        this.options = options;
        this.report = report;
    }

    void copy(Path source, Path target) {
        requireNotInside(source, target);
        try (TreeJournal journal =
                options.isResume() ? TreeJournal.resumed(target) : TreeJournal.fresh(target)) {
            Files.walkFileTree(source, new Walk(source, target, journal));
            if (report.isInterrupted()) {
                return;
            }
            if (interruption.isRequested()) {
                report.interrupted(0, " in " + target + ", go on with --resume");
                return;
            }
            journal.delete();
        } catch (IOException problem) {
            throw FileProblem.of("copying " + source + " to " + target, problem);
        }
        if (failures > 0) {
            throw new CommandFailure(
                    failures + " of the files could not be copied; each is named above");
        }
    }

    private static void requireNotInside(Path source, Path target) {
        try {
            Path parent = target.toAbsolutePath().getParent();
            Path real =
                    Files.exists(target)
                            ? target.toRealPath()
                            : parent == null ? target : parent.toRealPath();
            if (real.startsWith(source.toRealPath())) {
                throw new CommandFailure(
                        target + " lies inside " + source + ": the copy would contain itself");
            }
        } catch (IOException problem) {
            throw FileProblem.of("copying to " + target, problem);
        }
    }

    private final class Walk extends SimpleFileVisitor<Path> {
        private final Path source;
        private final Path target;
        private final TreeJournal journal;

        Walk(Path source, Path target, TreeJournal journal) {
            this.source = source;
            this.target = target;
            this.journal = journal;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
            Path made = targetOf(folder);
            if (!Files.isDirectory(made, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.exists(made, LinkOption.NOFOLLOW_LINKS)) {
                    failed(
                            new CommandFailure(
                                    made
                                            + " exists and is not a folder, but "
                                            + folder
                                            + " is; remove it"));
                    return FileVisitResult.SKIP_SUBTREE;
                }
                // Before the contents; the mode of the source may forbid to make them.
                folders.put(made, TargetAttributes.of(folder, made, options.isArchive()));
                if (made.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.createDirectory(
                            made,
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwx------")));
                } else {
                    Files.createDirectory(made);
                }
            } else if (options.isArchive()) {
                folders.put(made, TargetAttributes.of(folder, made, true));
            }
            return goOn();
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            try {
                if (attributes.isSymbolicLink()) {
                    copyLink(file, targetOf(file));
                } else if (attributes.isRegularFile()) {
                    copyFile(file, SourceIdentity.of(attributes));
                } else {
                    failed(
                            new CommandFailure(
                                    file + " is neither a file, a folder nor a link; not copied"));
                }
            } catch (CommandFailure failure) {
                if (!lanes.isQuiesced()) {
                    throw failure;
                }
                failed(failure);
            }
            return goOn();
        }

        private void copyFile(Path file, SourceIdentity identity) throws IOException {
            Path relative = source.relativize(file);
            Path made = targetOf(file);
            if (journal.isDone(relative, identity, made)) {
                report.file(identity.sizeBytes(), identity.sizeBytes());
                return;
            }
            CopyPlan.requireReplaceable(file, made);
            if (files.copy(file, made) && options.isSync()) {
                journal.done(relative, identity);
            }
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            failed(FileProblem.of("reading " + file, problem));
            return goOn();
        }

        @Override
        public FileVisitResult postVisitDirectory(
                Path folder, @org.jspecify.annotations.Nullable IOException problem)
                throws IOException {
            if (problem != null) {
                failed(FileProblem.of("reading " + folder, problem));
            }
            Path made = targetOf(folder);
            TargetAttributes attributes = folders.remove(made);
            if (attributes != null) {
                attributes.applyTo(made);
            }
            return goOn();
        }

        private Path targetOf(Path file) {
            return target.resolve(source.relativize(file).toString());
        }

        private FileVisitResult goOn() {
            return interruption.isRequested() || report.isInterrupted()
                    ? FileVisitResult.TERMINATE
                    : FileVisitResult.CONTINUE;
        }

        private void failed(CommandFailure failure) {
            failures++;
            Output.failure(failure.line());
        }
    }

    /** Made under the partial name and then renamed, so that it replaces in one step as well. */
    static void copyLink(Path link, Path target) {
        CopyPlan.requireReplaceable(link, target);
        Path partial = Siblings.partial(target);
        try {
            if (Files.isSymbolicLink(partial)) {
                // Of an interrupted copy, or somebody's trap: deleting it follows nothing.
                Files.delete(partial);
            }
            Files.createSymbolicLink(partial, Files.readSymbolicLink(link));
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException problem) {
            throw FileProblem.of("copying link " + link + " to " + target, problem);
        }
    }
}
