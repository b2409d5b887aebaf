package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Files of a tree that are whole and wait for one another: to be forced to disk together, get their
 * names, have these forced too, and be told as safe.
 *
 * <pre>
 *   add    fills the batch. A file that no {@link FileSystemSync} covers is forced and named by
 *          the thread that brings it
 *   flush  1. one call forces what is in the files   (a crash up to here: none has its name)
 *          2. each gets its name                     (a crash up to 3: it may lose it)
 *          3. one more call forces the names
 *          4. the record tells of them, and each leaves its folder
 * </pre>
 *
 * <p>A batch is flushed by whoever brings a file to it when it is full, or a second old. The others
 * fill the next one meanwhile, and wait when that is full too, so that no more than two batches of
 * files are open. Without a disk to wait for, each file is a batch of its own.
 */
final class TreeBatch implements AutoCloseable {
    /** Each is an open file. */
    static final int FILES_MAX = 256;

    private static final long BYTES_MAX = 64 << 20;
    private static final long AGE_MAX_NANOS = 1_000_000_000;

    /**
     * A file that is whole.
     *
     * @param relative where, from the root of the tree
     * @param source what it was copied from
     * @param whole the file
     * @param folder what it lies in, and leaves when it is told
     */
    record File(Path relative, SourceIdentity source, WholeFile whole, TargetFolder folder) {}

    private final TreeRecord record;
    private final @Nullable FileSystemSync sync;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flushed = lock.newCondition();
    // All guarded by the lock.
    private List<File> files = new ArrayList<>();
    private long bytes;
    private long begunNanos;
    private boolean flushing;

    /**
     * @param sync what forces the files of the folders that it covers; null if nothing does
     */
    TreeBatch(TreeRecord record, @Nullable FileSystemSync sync, LongSupplier nanoTime) {
        this.record = record;
        this.sync = sync;
        this.nanoTime = nanoTime;
    }

    /** Whether what is in this folder is forced by the one call. */
    boolean covers(Path folder) throws IOException {
        FileSystemSync all = sync;
        return all != null && all.covers(folder);
    }

    /**
     * Takes a file over: it leaves its folder when it is safe, or has failed. Throws nothing; the
     * record is told of all.
     */
    void add(File file) {
        if (!record.isSync()) {
            flush(List.of(file));
            return;
        }
        if (!file.folder().isCovered()
                && !(attempt(file, WholeFile::force) && attempt(file, WholeFile::publish))) {
            leave(file);
            return;
        }
        flushAll(put(file));
    }

    /** These, and what becomes due meanwhile. */
    private void flushAll(List<File> first) {
        List<File> due = first;
        while (!due.isEmpty()) {
            flush(due);
            due = next();
        }
    }

    /** What is to be flushed now, by the caller. */
    private List<File> put(File file) {
        lock.lock();
        try {
            while (flushing && isFull()) {
                flushed.awaitUninterruptibly();
            }
            if (files.isEmpty()) {
                begunNanos = nanoTime.getAsLong();
            }
            files.add(file);
            bytes += file.whole().named().bytes();
            return flushing ? List.of() : takeIfDue();
        } finally {
            lock.unlock();
        }
    }

    /** What has become due while the caller flushed. */
    private List<File> next() {
        lock.lock();
        try {
            flushing = false;
            flushed.signalAll();
            return takeIfDue();
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return files.size() >= FILES_MAX || bytes >= BYTES_MAX;
    }

    private List<File> takeIfDue() {
        boolean old = !files.isEmpty() && nanoTime.getAsLong() - begunNanos >= AGE_MAX_NANOS;
        return isFull() || old ? take() : List.of();
    }

    private List<File> take() {
        List<File> taken = files;
        files = new ArrayList<>();
        bytes = 0;
        flushing = true;
        return taken;
    }

    private void flush(List<File> batch) {
        List<File> safe = new ArrayList<>(batch);
        try {
            forceFiles(safe);
            safe.removeIf(file -> !isNamed(file) && !attempt(file, WholeFile::publish));
            forceNames(safe);
            record.finished(safe);
        } catch (IOException problem) {
            safe.forEach(file -> record.failed(file.whole().problem(problem)));
        } catch (RuntimeException | Error mistake) {
            record.ended(mistake);
        } finally {
            batch.forEach(this::leave);
        }
    }

    /** Whether it has got its name before it came into the batch. */
    private boolean isNamed(File file) {
        return record.isSync() && !file.folder().isCovered();
    }

    /** Takes out what may not be on disk. */
    private void forceFiles(List<File> batch) {
        if (record.isSync() && batch.stream().anyMatch(file -> file.folder().isCovered())) {
            try {
                forceAll();
            } catch (IOException problem) {
                batch.removeIf(
                        file -> !isNamed(file) && !attempt(file, whole -> whole.fail(problem)));
            }
        }
    }

    private void forceNames(List<File> named) throws IOException {
        if (!record.isSync()) {
            return;
        }
        Set<TargetFolder> folders = new LinkedHashSet<>();
        named.forEach(file -> folders.add(file.folder()));
        if (folders.stream().anyMatch(TargetFolder::isCovered)) {
            forceAll();
        }
        for (TargetFolder folder : folders) {
            if (!folder.isCovered()) {
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
    private boolean attempt(File file, Step step) {
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

    private void leave(File file) {
        try {
            file.whole().close();
        } catch (IOException problem) {
            record.failed(file.whole().problem(problem));
        } finally {
            file.folder().leave(true);
        }
    }

    /** Flushes what is left, when nobody brings more. */
    @Override
    public void close() {
        List<File> rest;
        lock.lock();
        try {
            rest = take();
        } finally {
            lock.unlock();
        }
        flushAll(rest);
    }
}
