package org.dmaengine;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The threads of an engine that run callbacks: one is started whenever there is work and none is
 * idle, up to a bound, so that a callback that blocks holds up no other channel; they end after a
 * while without work.
 */
final class CallbackThreads implements Executor {
    private static final long IDLE_NANOS = 10_000_000_000L;

    private final String name;
    private final int threadsMax;
    private final Scheduler scheduler;
    private final Consumer<Throwable> failures;

    // Guarded by this. Tasks are bounded by the channels: one runner each, and one for futures.
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final Deque<Thread> idle = new ArrayDeque<>();
    private int threads;
    // Threads that have run their last callback and are on their way back to the tasks. Atomic:
    // counted up under a channel's lock, down under this monitor.
    private final AtomicInteger returning = new AtomicInteger();
    private int started;
    // Volatile: written under this monitor, read by channels without it.
    private volatile boolean stranded;
    private boolean closed;

    CallbackThreads(
            String name, int threadsMax, Scheduler scheduler, Consumer<Throwable> failures) {
        this.failures = failures;
        this.name = name;
        this.threadsMax = threadsMax;
        this.scheduler = scheduler;
    }

    @Override
    public void execute(Runnable task) {
        Thread toWake;
        String toStart = null;
        synchronized (this) {
            tasks.add(task);
            boolean awaited = tasks.size() <= returning.get();
            toWake = awaited ? null : idle.pollLast();
            if (!awaited && toWake == null && threads < threadsMax) {
                threads++;
                toStart = nextName();
            }
        }
        if (toWake != null) {
            scheduler.unpark(toWake);
        } else if (toStart != null) {
            startThread(toStart);
        }
    }

    /** Whether tasks wait for a thread. */
    synchronized boolean isBehind() {
        return !tasks.isEmpty();
    }

    /** Idle threads end; those with work finish it first. */
    synchronized void close() {
        closed = true;
        idle.forEach(scheduler::unpark);
    }

    private void startThread(String threadName) {
        try {
            scheduler.start(threadName, this::work);
        } catch (Throwable outOfThreads) {
            // The task stays queued, for a thread that comes back or for the next start; an engine
            // that reports an end is not to be hit by what the process lacks.
            boolean known;
            synchronized (this) {
                threads--;
                known = stranded;
                stranded = threads == 0;
            }
            if (!known) {
                failures.accept(outOfThreads);
            }
            return;
        }
        if (stranded) {
            synchronized (this) {
                stranded = threads == 0;
            }
        }
    }

    /** Tasks may be left without any thread, because none could be started. */
    boolean isStranded() {
        return stranded;
    }

    /** Tries once more where no thread could be started. */
    void startIfStranded() {
        if (!stranded) {
            return;
        }
        String toStart;
        synchronized (this) {
            // Until a start succeeds: whoever waits meanwhile is to see it.
            stranded &= !tasks.isEmpty();
            if (!stranded || threads > 0) {
                return;
            }
            threads++;
            toStart = nextName();
        }
        startThread(toStart);
    }

    private String nextName() {
        return "dma-callback-" + name + "-" + started++;
    }

    /**
     * The calling thread is one of these and will run no more code of users before it comes for the
     * next task: no other need be started for that one.
     */
    void announceReturn() {
        returning.incrementAndGet();
    }

    private void work() {
        CallbackContext context = CallbackContext.current();
        context.joinPool(this);
        for (Runnable task = next(false); task != null; task = next(context.takeAnnounced())) {
            context.begin(task);
            try {
                task.run();
            } catch (Throwable thrown) {
                tell(thrown);
            }
        }
    }

    /** The thread lives on; whoever watches uncaught exceptions is told, as by the VM. */
    private static void tell(Throwable thrown) {
        Thread me = Thread.currentThread();
        try {
            me.getUncaughtExceptionHandler().uncaughtException(me, thrown);
        } catch (Throwable ignored) {
            // As the VM ignores it: there is nobody left to tell.
        }
    }

    private @Nullable Runnable next(boolean announced) {
        boolean back = announced;
        Thread me = Thread.currentThread();
        long deadline = scheduler.nanoTime() + IDLE_NANOS;
        while (true) {
            // It belongs to the task before, also if it came late: no other is to begin with it.
            Thread.interrupted();
            synchronized (this) {
                if (back) {
                    returning.decrementAndGet();
                    back = false;
                }
                idle.remove(me);
                Runnable task = tasks.poll();
                boolean over = closed || deadline - scheduler.nanoTime() <= 0;
                if (task != null || over) {
                    threads -= task == null ? 1 : 0;
                    return task;
                }
                idle.addLast(me);
            }
            scheduler.park(Math.max(1, deadline - scheduler.nanoTime()));
        }
    }
}
