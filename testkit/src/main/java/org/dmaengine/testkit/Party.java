package org.dmaengine.testkit;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/** Somebody who takes part in a scenario: a thread that does one thing, and what came of it. */
final class Party<T> {
    private final ScenarioClock clock;
    private final String what;
    private final Callable<T> body;
    private final Thread thread;

    // Written by the thread before done, read by others after it.
    private @Nullable T value;
    private @Nullable Throwable thrown;
    private volatile boolean done;
    // Whether somebody asked for its result, and so is told what it threw.
    private volatile boolean asked;

    Party(ScenarioClock clock, String what, Callable<T> body) {
        this.clock = clock;
        this.what = what;
        this.body = body;
        this.thread = clock.scheduler().start(what, this::run);
    }

    private void run() {
        try {
            value = body.call();
        } catch (Throwable any) {
            thrown = any;
        }
        done = true;
    }

    boolean isDone() {
        return done;
    }

    Thread thread() {
        return thread;
    }

    /** Waits for its end, which must come before the deadline, and throws what it threw. */
    T result() {
        asked = true;
        awaitEnd();
        switch (thrown) {
            case null -> {}
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case Exception checked -> throw new IllegalStateException(checked);
            case Throwable other -> throw new IllegalStateException(other);
        }
        T known = value;
        if (known == null) {
            throw new AssertionError(what + " has no result");
        }
        return known;
    }

    /** Until it waits for something, however long a busy machine keeps its thread from that. */
    void awaitWaiting() {
        clock.awaitInRealTime(
                what + " to wait",
                () ->
                        done
                                || switch (thread.getState()) {
                                    case WAITING, TIMED_WAITING, BLOCKED -> true;
                                    case NEW, RUNNABLE, TERMINATED -> false;
                                });
    }

    /** Waits for its end, and throws what it threw if nobody asked for its result. */
    void close() {
        awaitEnd();
        if (!asked && thrown != null) {
            throw new AssertionError(what + " threw " + thrown, thrown);
        }
    }

    /** Waits for its end, and says where it hangs if it does not come. */
    private void awaitEnd() {
        if (!clock.becomes(() -> done)) {
            AssertionError hung = new AssertionError(what + " did not return");
            Throwable place = new Throwable("where it hangs: " + thread.getName());
            place.setStackTrace(thread.getStackTrace());
            hung.initCause(place);
            throw hung;
        }
    }
}
