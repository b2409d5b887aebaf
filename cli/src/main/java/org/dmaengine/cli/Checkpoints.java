package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Secures what is written so far, now and then, on a thread of its own: waiting for the disk must
 * not hold up the pipeline, and the disk may well begin before the end. What is too small for a
 * checkpoint gets no thread.
 */
final class Checkpoints implements AutoCloseable {
    /**
     * Lost at most by kill -9: this, or what is written in {@link #EVERY_NANOS} if that is more,
     * and what was written while it was secured.
     */
    static final long EVERY_BYTES = 64L << 20;

    /** A disk that is told to forget nothing writes little else meanwhile. */
    static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PartialFile partial;
    private final LongSupplier clock;
    private final ThreadFactory threads;
    // Written by the pipeline, taken by the thread: the newest prefix worth securing.
    private final AtomicLong wanted = new AtomicLong();
    // The pipeline's own: the last prefix asked for, when, and the thread, once one was.
    private long askedBytes;
    private long askedNanos;
    private @Nullable Thread thread;
    // Volatile: written by close, read by the thread.
    private volatile boolean closing;
    // Volatile: written by the thread, once; read after it has ended.
    private volatile @Nullable IOException failure;

    /**
     * @param clock nanoseconds from any moment, as {@link System#nanoTime}
     */
    Checkpoints(PartialFile partial, LongSupplier clock) {
        this(partial, clock, Thread.ofPlatform().name("checkpoints").daemon().factory());
    }

    /**
     * @param threads makes its thread
     */
    Checkpoints(PartialFile partial, LongSupplier clock, ThreadFactory threads) {
        this.partial = partial;
        this.clock = clock;
        this.threads = threads;
        this.askedBytes = partial.startBytes();
    }

    /** The target is whole up to here. Never waits. */
    void reached(long prefixBytes) {
        if (prefixBytes - askedBytes < EVERY_BYTES) {
            return;
        }
        long now = clock.getAsLong();
        if (thread == null || now - askedNanos >= EVERY_NANOS) {
            askedBytes = prefixBytes;
            askedNanos = now;
            wanted.set(prefixBytes);
            if (thread == null) {
                start();
            }
            LockSupport.unpark(thread);
        }
    }

    /**
     * Where the process may have no more threads the copy goes on, and another step tries again.
     */
    private void start() {
        Thread started = threads.newThread(this::run);
        try {
            started.start();
            thread = started;
        } catch (OutOfMemoryError noMoreThreads) {
            Output.note(
                    "no thread to secure what is written (%s): until there is one, nothing is kept for --resume"
                            .formatted(noMoreThreads.getMessage()));
        }
    }

    private void run() {
        try {
            while (!closing) {
                long prefix = wanted.getAndSet(0);
                if (prefix > 0) {
                    partial.secure(prefix);
                } else {
                    LockSupport.park(this);
                }
            }
        } catch (IOException | CommandFailure cannotSecure) {
            failure =
                    cannotSecure instanceof IOException problem
                            ? problem
                            : new IOException(cannotSecure.getMessage(), cannotSecure);
        }
    }

    /**
     * Ends the thread; afterwards the partial file is the caller's alone.
     *
     * @throws IOException what securing failed with: the file will not be safe either
     */
    @Override
    public void close() throws IOException {
        Thread mine = thread;
        if (mine == null) {
            return;
        }
        closing = true;
        LockSupport.unpark(mine);
        Uninterrupted.join(mine);
        IOException problem = failure;
        if (problem != null) {
            throw problem;
        }
    }
}
