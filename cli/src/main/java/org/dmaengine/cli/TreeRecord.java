package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the walk and the workers of a tree tell one another, and the world: which files are on disk,
 * which failed, and whether to go on. For any thread.
 */
final class TreeRecord {
    private final TreeJournal journal;
    private final CopyReport report;
    private final Interruption interruption;
    private final boolean sync;
    // Guarded by this.
    private int failures;
    // Volatile: set by whoever meets it, read between two files.
    private volatile boolean interrupted;
    // Volatile: written under this, read between two files.
    private volatile @Nullable Throwable end;

    TreeRecord(TreeJournal journal, CopyReport report, Interruption interruption, boolean sync) {
        this.journal = journal;
        this.report = report;
        this.interruption = interruption;
        this.sync = sync;
    }

    /** Whether what is copied is also forced to disk. */
    boolean isSync() {
        return sync;
    }

    /** These are whole under their names; on disk with them, if that is asked for. */
    void finished(List<TreeBatch.File> files) {
        files.forEach(file -> {
            FileCopy.Named named = file.whole().named();
            report.file(named.bytes(), named.resumedBytes());
        });
        if (sync && !files.isEmpty()) {
            Map<Path, SourceIdentity> done = new HashMap<>();
            files.forEach(file -> done.put(file.relative(), file.whole().partial().source()));
            try {
                journal.done(done);
            } catch (IOException problem) {
                // No failure: they are copied all the same. Only a --resume will not know.
                String what = "writing the journal of " + files.size() + " files that are copied";
                Output.note(FileProblem.of(what, problem).line());
            }
        }
    }

    /** One is there from an earlier copy. */
    void skipped(long bytes) {
        report.file(bytes, bytes);
    }

    /** One that could not be copied; the rest goes on. */
    synchronized void failed(CommandFailure failure) {
        failures++;
        Output.failure(failure.line());
    }

    synchronized int failures() {
        return failures;
    }

    /** The copy of a file was cut short. */
    void interrupted() {
        interrupted = true;
    }

    /** True if not all was tried, because somebody wanted the end. */
    boolean isInterrupted() {
        return interrupted || interruption.isRequested() || report.isInterrupted();
    }

    /** Nothing goes on: the engine is not quiet, or this program has a mistake. */
    @SuppressWarnings("ReferenceEquality") // No exception can be suppressed by itself.
    synchronized void ended(Throwable why) {
        Throwable first = end;
        if (first == null) {
            end = why;
        } else if (first != why) {
            first.addSuppressed(why);
        }
    }

    /** True if no more files are to be begun. */
    boolean isOver() {
        return end != null || isInterrupted();
    }

    /** Throws what has ended it, if anything has. */
    void requireNoEnd() {
        switch (end) {
            case null -> {}
            case RuntimeException mine -> throw mine;
            case Error grave -> throw grave;
            case Throwable other -> throw new IllegalStateException(other);
        }
    }
}
