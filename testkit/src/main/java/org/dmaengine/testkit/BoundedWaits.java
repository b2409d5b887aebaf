package org.dmaengine.testkit;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Runs what may hang on threads of its own, so that a hang is a failure that says where, and not a
 * build that stands still.
 */
public final class BoundedWaits {
    private static final long LOOK_EVERY_NANOS = 100_000;

    private final Duration deadline;
    // Guarded by this: the threads started and not known to have ended.
    private final List<Running<?>> started = new ArrayList<>();

    BoundedWaits(Duration deadline) {
        this.deadline = deadline;
    }

    /** What runs on another thread. */
    public final class Running<T> {
        private final String what;
        private final FutureTask<T> task;
        private final Thread thread;
        // Whether somebody asked for its result, and so is told what it threw.
        private volatile boolean asked;

        private Running(String what, Callable<T> body) {
            this.what = what;
            this.task = new FutureTask<>(body);
            this.thread = Thread.ofPlatform().name("contract " + what).daemon(true).start(task);
        }

        /** Waits for its result, or fails at the deadline, with the place where it hangs. */
        public T result() {
            asked = true;
            boolean interrupted = false;
            long end = System.nanoTime() + deadline.toNanos();
            try {
                while (true) {
                    try {
                        return task.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    } catch (InterruptedException kept) {
                        interrupted = true;
                    }
                }
            } catch (TimeoutException hung) {
                throw hung();
            } catch (ExecutionException failed) {
                throw unchecked(failed.getCause());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        /** True once it has returned or thrown. */
        public boolean isDone() {
            return task.isDone();
        }

        /** The thread it runs on. */
        public Thread thread() {
            return thread;
        }

        private void throwUntold() {
            if (!asked && task.state() == Future.State.FAILED) {
                throw new AssertionError(
                        what + " threw " + task.exceptionNow(), task.exceptionNow());
            }
        }

        private AssertionError hung() {
            AssertionError error =
                    new AssertionError(
                            what + " did not return within " + deadline.toMillis() + " ms");
            Throwable place = new Throwable("where it hangs: " + thread.getName());
            place.setStackTrace(thread.getStackTrace());
            error.initCause(place);
            return error;
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException runtime) {
            return runtime;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }

    /** Starts it on a thread of its own. */
    public synchronized <T> Running<T> start(String what, Callable<T> body) {
        Running<T> running = new Running<>(what, body);
        started.add(running);
        return running;
    }

    /** Runs it to its end, which must come before the deadline. */
    public <T> T within(String what, Callable<T> body) {
        return start(what, body).result();
    }

    /** The same for what has no result. */
    public void runWithin(String what, Runnable body) {
        within(
                what,
                () -> {
                    body.run();
                    return "done";
                });
    }

    /** Waits until it is so, or fails at the deadline. */
    public void eventually(String what, BooleanSupplier condition) {
        if (!becomes(condition)) {
            throw new AssertionError("not within " + deadline.toMillis() + " ms: " + what);
        }
    }

    /** Waits until it is so; false if it is not by the deadline. */
    public boolean becomes(BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (end - System.nanoTime() <= 0) {
                return condition.getAsBoolean();
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return true;
    }

    /** Waits for a latch, or fails at the deadline. */
    public void eventually(String what, CountDownLatch latch) {
        eventually(what, () -> latch.getCount() == 0);
    }

    /** How long anything may take. */
    public Duration deadline() {
        return deadline;
    }

    /** Fails if a thread that was started does not end, or threw what nobody was told of. */
    void join() {
        List<Running<?>> all;
        synchronized (this) {
            all = List.copyOf(started);
        }
        long end = System.nanoTime() + deadline.toNanos();
        for (Running<?> each : all) {
            while (!each.isDone()) {
                if (end - System.nanoTime() <= 0) {
                    throw each.hung();
                }
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
            each.throwUntold();
        }
    }
}
