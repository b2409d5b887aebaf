package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How whole files of a tree get safe under their names, several at once:
 *
 * <pre>
 *   1. one call forces what is in them   (a crash up to here: none has its name)
 *   2. each gets its name                (a crash up to 3: it may lose it)
 *   3. one more call forces the names
 *   4. the record tells of them, and each leaves its folder
 * </pre>
 *
 * <p>Where no {@link FileSystemSync} covers their folder, {@link #prepare} does 1 and 2 for each,
 * and 3 is a call for each folder. The one call waits for what others have written too, so for a
 * few files 1 is a call for each as well, and so it is once that call has failed. Without a disk to
 * wait for 1 and 3 are left out. Nothing throws; the record is told of all. For any thread.
 */
final class Publishing {
    /** So many are worth the one call. */
    static final int TOGETHER_MIN = 16;

    private final TreeRecord record;
    private final @Nullable FileSystemSync sync;

    /**
     * @param sync what forces the files of the folders that it covers; null if nothing does
     */
    Publishing(TreeRecord record, @Nullable FileSystemSync sync) {
        this.record = record;
        this.sync = sync;
    }

    /** What can force all in this folder by one call; null if nothing does. */
    @Nullable FileSystemSync covering(Path folder) throws IOException {
        FileSystemSync all = sync;
        return all != null && all.covers(folder) ? all : null;
    }

    /** Whether a file gains by waiting for others. */
    boolean isByBatches() {
        return record.isSync();
    }

    /**
     * What is to be done for a file alone, before it waits for others.
     *
     * @return false if it failed, and has left its folder
     */
    boolean prepare(TreeBatch.File file) {
        if (isNamed(file)
                && !(attempt(file, WholeFile::force) && attempt(file, WholeFile::publish))) {
            leave(file);
            return false;
        }
        return true;
    }

    /** All the rest, for all of them. */
    void publish(List<TreeBatch.File> batch) {
        List<TreeBatch.File> safe = new ArrayList<>(batch);
        try {
            boolean together = record.isSync() && isWorthOneCall(batch);
            if (record.isSync()) {
                forceFiles(safe, together);
            }
            safe.removeIf(file -> !isNamed(file) && !attempt(file, WholeFile::publish));
            if (record.isSync()) {
                forceNames(safe, together);
            }
            record.finished(safe);
        } catch (IOException problem) {
            safe.forEach(file -> record.failed(file.whole().problem(problem)));
        } catch (RuntimeException | Error mistake) {
            record.ended(mistake);
        } finally {
            batch.forEach(this::leave);
        }
    }

    private boolean isWorthOneCall(List<TreeBatch.File> batch) {
        FileSystemSync all = sync;
        return all != null
                && !all.hasFailed()
                && batch.stream().filter(file -> file.folder().isCovered()).count() >= TOGETHER_MIN;
    }

    /** Whether {@link #prepare} names it. */
    private boolean isNamed(TreeBatch.File file) {
        return record.isSync() && !file.folder().isCovered();
    }

    /** Takes out what may not be on disk. */
    private void forceFiles(List<TreeBatch.File> batch, boolean together) {
        if (!together) {
            batch.removeIf(file -> !isNamed(file) && !attempt(file, WholeFile::force));
            return;
        }
        try {
            forceAll();
        } catch (IOException problem) {
            batch.removeIf(file -> !isNamed(file) && !attempt(file, whole -> whole.fail(problem)));
        }
    }

    private void forceNames(List<TreeBatch.File> named, boolean together) throws IOException {
        Set<TargetFolder> folders = new LinkedHashSet<>();
        named.forEach(file -> folders.add(file.folder()));
        if (together) {
            forceAll();
        }
        for (TargetFolder folder : folders) {
            if (!together || !folder.isCovered()) {
                folder.force();
            }
        }
    }

    private void forceAll() throws IOException {
        FileSystemSync all = sync;
        assert all != null : "a folder is covered by nothing";
        all.force();
    }

    /** What is tried with a file. */
    private interface Step {
        void on(WholeFile file) throws IOException;
    }

    /** False if it failed, which the record is told. */
    private boolean attempt(TreeBatch.File file, Step step) {
        try {
            step.on(file.whole());
            return true;
        } catch (CommandFailure failure) {
            record.failed(failure);
        } catch (IOException problem) {
            record.failed(file.whole().problem(problem));
        }
        return false;
    }

    /** The program has a mistake, or the system has nothing left to go on with. */
    void ended(Throwable mistake) {
        record.ended(mistake);
    }

    private void leave(TreeBatch.File file) {
        try {
            close(file.whole());
        } catch (RuntimeException | Error mistake) {
            // Whoever flushes has more to do, and others wait for it.
            record.ended(mistake);
        }
        try {
            file.folder().leave(true);
        } catch (RuntimeException | Error mistake) {
            record.ended(mistake);
        }
    }

    private void close(WholeFile whole) {
        try {
            whole.close();
        } catch (IOException problem) {
            record.failed(whole.problem(problem));
        }
    }
}
