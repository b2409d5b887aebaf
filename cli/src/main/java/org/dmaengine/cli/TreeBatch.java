package org.dmaengine.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Files of a tree that are whole, under their partial names, and wait for one another to be
 * published together. For any thread.
 *
 * <p>A batch is flushed by whoever brings a file to it when it is full, or a second old. The others
 * fill the next one meanwhile, and wait when that is full too, so that no more than two batches of
 * files are open. Without a disk to wait for, each file is a batch of its own.
 */
final class TreeBatch implements AutoCloseable {
    /** Each is an open file. */
    static final int FILES_MAX = 256;

    /** What else is open: by Java, by the engine, and by who copies. */
    private static final int OTHER_FILES = 128;

    private static final long BYTES_MAX = 64 << 20;
    private static final long AGE_MAX_NANOS = 1_000_000_000;

    /**
     * A file that is whole.
     *
     * @param whole the file
     * @param folder what it lies in, and leaves when it is told
     */
    record File(WholeFile whole, TargetFolder folder) {
        /** Where, from the root of the tree. */
        Path relative() {
            return folder.relative(whole.partial().target().getFileName());
        }
    }

    private final Publishing publishing;
    private final LongSupplier nanoTime;
    private final int filesMax;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flushed = lock.newCondition();
    // All guarded by the lock.
    private List<File> files = new ArrayList<>();
    private long bytes;
    private long begunNanos;
    private boolean flushing;

    /**
     * @param openFilesMax how many files may be open in this process
     */
    TreeBatch(Publishing publishing, LongSupplier nanoTime, int openFilesMax) {
        this.publishing = publishing;
        this.nanoTime = nanoTime;
        this.filesMax = filesMax(openFilesMax);
    }

    /** Two batches must find room. */
    static int filesMax(int openFilesMax) {
        return Math.clamp((openFilesMax - OTHER_FILES) / 2, 1, FILES_MAX);
    }

    /** Takes a file over: it leaves its folder when it is safe, or has failed. Throws nothing. */
    void add(File file) {
        if (!publishing.isByBatches()) {
            publishing.publish(List.of(file));
        } else if (publishing.prepare(file)) {
            flushAll(put(file));
        }
    }

    /** These, and what becomes due meanwhile. */
    private void flushAll(List<File> first) {
        List<File> due = first;
        while (!due.isEmpty()) {
            try {
                publishing.publish(due);
            } catch (RuntimeException | Error mistake) {
                // Others wait for whoever flushes.
                publishing.ended(mistake);
            }
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
        return files.size() >= filesMax || bytes >= BYTES_MAX;
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
