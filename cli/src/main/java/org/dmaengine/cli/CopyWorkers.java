package org.dmaengine.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A few threads that copy files of a tree at once, so that their waits for the disk fall together:
 * the file system commits what all of them wait for in one go. Each works with a {@link FileCopy},
 * and so with lanes, of its own, made when it is first needed.
 *
 * <p>What waits for a thread is bounded. Who brings a file when there is no more room copies it
 * himself meanwhile.
 */
final class CopyWorkers implements AutoCloseable {
    /** How the threads wait for the disk. */
    enum Waits {
        /** Not at all. */
        NEVER,
        /** One of them for what all have copied. */
        TOGETHER,
        /** Each for each of its files. */
        EACH
    }

    private static final int THREADS_MAX = 8;
    private static final int WAITING_MAX = 64;

    private final Supplier<FileCopy> maker;
    private final AtomicInteger started = new AtomicInteger();
    private final ThreadPoolExecutor executor;
    // Guarded by itself. The one that was used last comes first: its memory is in the caches.
    private final Deque<FileCopy> idle = new ArrayDeque<>();

    CopyWorkers(Waits waits, Supplier<FileCopy> maker) {
        this.maker = maker;
        int threads = threads(waits, Runtime.getRuntime().availableProcessors());
        executor =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING_MAX),
                        task ->
                                Thread.ofPlatform()
                                        .name("copy-worker-" + started.getAndIncrement())
                                        .unstarted(task),
                        new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /** Who never waits needs a processor; more threads wait for one another then. */
    private static int threads(Waits waits, int processors) {
        return switch (waits) {
            // Who brings the files is one more.
            case NEVER -> Math.clamp(processors - 1, 1, THREADS_MAX);
            case TOGETHER -> Math.min(processors, THREADS_MAX);
            case EACH -> THREADS_MAX;
        };
    }

    /**
     * Does it soon, on some thread.
     *
     * @param failed told if the task throws, or could not be begun; must not throw itself
     */
    void execute(Consumer<FileCopy> task, Consumer<Throwable> failed) {
        executor.execute(() -> {
            try {
                FileCopy mine = take();
                task.accept(mine);
                giveBack(mine);
            } catch (RuntimeException | Error why) {
                // Its lanes are not used again: nobody knows what they are left in.
                failed.accept(why);
            }
        });
    }

    private FileCopy take() {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return maker.get();
    }

    private void giveBack(FileCopy copy) {
        synchronized (idle) {
            idle.push(copy);
        }
    }

    /** Waits until all that was brought is done. */
    @Override
    public void close() {
        executor.close();
    }
}
