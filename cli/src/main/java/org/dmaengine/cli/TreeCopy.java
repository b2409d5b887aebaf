package org.dmaengine.cli;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Copies a folder with all it holds. Links are copied as links, whatever they lead to, and never
 * walked through on either side. A file that cannot be copied is told and the rest goes on, as with
 * {@code cp}; the command fails in the end.
 *
 * <pre>
 *   TreeWalk      the command's thread: makes folders and links, copies big files one after the
 *                 other on the wide lanes, and hands the small ones to
 *   CopyWorkers   a few threads, each with a mover of its own. Both tell
 *   TreeBatch     which files are whole, and when it has some,
 *   Publishing    forces them to disk, names them, forces the names, and tells
 *   TreeRecord    that they are safe, which writes the journal for --resume, counts what failed,
 *                 and says when to stop
 * </pre>
 *
 * <p><b>The end.</b> Each {@link TargetFolder} counts who is at it; the last who leaves it finishes
 * it, and leaves the folder around it. When the walk is over, the workers are done and the last
 * batch is flushed, so are all folders.
 *
 * <p><b>An interruption</b> terminates all lanes, on the thread of the signal. The transfers that
 * the walk and the workers wait for end ABORTED; each then waits until its own lanes are quiet, as
 * a copy of a single file does. Nobody begins another file: what still waits for a worker only
 * leaves its folder, as not tried, so that the folder keeps a mode in which {@code --resume} can go
 * on. What has its name is forced and told as usual. So when the workers are closed, nothing is in
 * flight.
 */
final class TreeCopy {
    private static final int SMALL_BLOCK_BYTES = 256 << 10;
    private static final int SMALL_BLOCKS = 4;

    /** What fits into the buffers of a worker is copied by one; the rest gains by wide lanes. */
    static final int SMALL_BYTES = SMALL_BLOCKS * SMALL_BLOCK_BYTES;

    private final CopyEngine engine;
    private final boolean isSmallByEngine;
    private final FileCopy wide;
    private final Interruption interruption;
    private final CopyOptions options;
    private final Progress progress;
    private final CopyReport report;

    /**
     * @param isSmallByEngine whether the engine moves the small files too: a call or two on the
     *     worker's own thread are quicker than handing them over
     * @param wide copies what is big
     */
    TreeCopy(
            CopyEngine engine,
            boolean isSmallByEngine,
            FileCopy wide,
            Interruption interruption,
            CopyOptions options,
            Progress progress,
            CopyReport report) {
        this.engine = engine;
        this.isSmallByEngine = isSmallByEngine;
        this.wide = wide;
        this.interruption = interruption;
        this.options = options;
        this.progress = progress;
        this.report = report;
    }

    void copy(Path source, Path target) {
        requireNotInside(source, target);
        try (TreeJournal journal =
                options.isResume()
                        ? TreeJournal.resumed(source, target)
                        : TreeJournal.fresh(source, target)) {
            TreeRecord record = new TreeRecord(journal, report, interruption, options.isSync());
            walk(source, target, journal, record);
            record.requireNoEnd();
            if (record.isInterrupted()) {
                if (!options.isSync()) {
                    report.unforced();
                }
                if (!report.isInterrupted()) {
                    String wayOut = options.isSync() ? ", go on with --resume" : "";
                    report.interrupted(0, " in " + target + wayOut);
                }
                return;
            }
            if (record.failures() == 0 || !journal.isOfUse()) {
                journal.delete();
            } else {
                journal.finished();
            }
            if (record.failures() > 0) {
                throw new CommandFailure(
                        record.failures()
                                + " of the files could not be copied; each is named above, and"
                                + " --resume tries those again");
            }
        } catch (IOException problem) {
            throw FileProblem.of("copying " + source + " to " + target, problem);
        }
    }

    private void walk(Path source, Path target, TreeJournal journal, TreeRecord record)
            throws IOException {
        try (FileSystemSync sync = options.isSync() ? syncAround(target) : null) {
            Publishing publishing = new Publishing(record, sync);
            try (TreeBatch batch = new TreeBatch(publishing, System::nanoTime, OpenFiles.limit());
                    CopyWorkers workers = new CopyWorkers(waits(sync), this::small)) {
                try (TreeWalk walk =
                        new TreeWalk(
                                target,
                                options.isArchive(),
                                journal,
                                record,
                                wide,
                                workers,
                                publishing,
                                batch)) {
                    walk.walk(source);
                }
            }
            if (sync != null && sync.isUsed()) {
                // What the folders have got since, and the name of the first.
                sync.force();
            }
        }
    }

    private CopyWorkers.Waits waits(@Nullable FileSystemSync sync) {
        if (!options.isSync()) {
            return CopyWorkers.Waits.NEVER;
        }
        return sync == null || options.isVerify()
                ? CopyWorkers.Waits.EACH
                : CopyWorkers.Waits.TOGETHER;
    }

    private static @Nullable FileSystemSync syncAround(Path target) throws IOException {
        Path around = target.toAbsolutePath().getParent();
        boolean inside = around == null || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
        return FileSystemSync.of(inside ? target : requireNonNull(around)).orElse(null);
    }

    /** For one more worker. */
    private FileCopy small() {
        BlockSizes sizes = options.blocks().atMost(SMALL_BLOCK_BYTES);
        Mover byLanes =
                new LaneMover(
                        () -> engine.lanes("copy-small", 2, SMALL_BLOCKS, sizes),
                        interruption,
                        sizes);
        Mover mover =
                isSmallByEngine
                        ? byLanes
                        : new DirectMover(
                                interruption,
                                engine.limit(),
                                sizes.cachedBytes(),
                                byLanes,
                                _ -> false);
        return new FileCopy(mover, interruption, options, progress, report, false);
    }

    private static void requireNotInside(Path source, Path target) {
        try {
            Path parent = target.toAbsolutePath().getParent();
            Path real =
                    Files.exists(target)
                            ? target.toRealPath()
                            : parent == null ? target : parent.toRealPath();
            // By what they are: a folder may be mounted at several paths.
            for (Path around = real; around != null; around = around.getParent()) {
                if (Files.isSameFile(around, source)) {
                    throw new CommandFailure(
                            target + " lies inside " + source + ": the copy would contain itself");
                }
            }
        } catch (IOException problem) {
            throw FileProblem.of("copying to " + target, problem);
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
            } else if (Files.exists(partial, LinkOption.NOFOLLOW_LINKS)) {
                // Of one that took it for a file.
                OwnFile.discardLeftOver(partial);
                Journal.fresh(target).close();
            }
            Files.createSymbolicLink(partial, Files.readSymbolicLink(link));
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException problem) {
            throw FileProblem.of("copying link " + link + " to " + target, problem);
        }
    }
}
