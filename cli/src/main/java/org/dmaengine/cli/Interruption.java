package org.dmaengine.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, SIGTERM and SIGHUP, made into an orderly end: the command is told, terminates its
 * channels, says what is safe, and only then does the process go.
 *
 * <p>The JVM tells of all three by its shutdown hooks, and of nothing else but its own exit. Such a
 * hook may wait for the command, but cannot set the exit code: left alone the JVM would say 143
 * after SIGTERM. So the hook itself ends the process, with {@link Runtime#halt}, when the command
 * has written its last line. Nothing is lost by that: the command's output is flushed, and no other
 * hook of this process has work to do.
 */
final class Interruption {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final CountDownLatch finished = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);
    // Guarded by this.
    private final List<Runnable> actions = new ArrayList<>();
    // Volatile: written under this by the hook, read by the command between two steps.
    private volatile boolean requested;
    // Volatile: written once, before the latch.
    private volatile int exitCode = ExitCode.FAILED;

    /** Hooks into the signals of this process. */
    static Interruption ofProcess() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::hook, "interruption"));
        return interruption;
    }

    /** True once somebody wants the command to end. */
    boolean isRequested() {
        return requested;
    }

    /** A rest that a request ends. */
    void rest(long nanos) {
        try {
            asked.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException shorter) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What to do at that moment, on the thread of the signal; must not wait. Done at once if the
     * moment has passed.
     */
    void onRequest(Runnable action) {
        synchronized (this) {
            actions.add(action);
            if (!requested) {
                return;
            }
        }
        action.run();
    }

    /** For a command that leaves nothing to put in order: the process then ends at once. */
    void endAtOnce() {
        onRequest(() -> finish(ExitCode.INTERRUPTED));
    }

    /** As if a signal had come. */
    void request() {
        List<Runnable> all;
        synchronized (this) {
            requested = true;
            all = List.copyOf(actions);
        }
        asked.countDown();
        all.forEach(Runnable::run);
    }

    /** The command is over and all its output written. */
    void finish(int code) {
        exitCode = code;
        finished.countDown();
    }

    private void hook() {
        if (finished.getCount() > 0) {
            request();
            awaitFinish();
        } else if (!isOfSignal()) {
            // The command's own end, by System.exit; others may have hooks of their own.
            return;
        }
        Runtime.getRuntime().halt(exitCode);
    }

    /**
     * Whether a signal has come, be it after all was done: the JVM handles each on a thread of this
     * name, which waits for the hooks.
     */
    private static boolean isOfSignal() {
        ThreadGroup all = Thread.currentThread().getThreadGroup();
        while (all.getParent() != null) {
            all = all.getParent();
        }
        // Other hooks may start threads meanwhile.
        Thread[] threads = new Thread[2 * all.activeCount()];
        int count = all.enumerate(threads);
        for (int i = 0; i < count; i++) {
            String name = threads[i].getName();
            if (name.startsWith("SIG") && name.endsWith(" handler")) {
                return true;
            }
        }
        return false;
    }

    // Without a deadline: a channel that is not quiet yet may still write, and the waits inside
    // the command are bounded where they can be. Who cannot wait has kill -9, and --resume.
    private void awaitFinish() {
        awaitFinish(
                PATIENCE_NANOS,
                () ->
                        Output.note(
                                "interrupted, and still waiting: a call of the system does not"
                                        + " return, or an engine is not quiet; kill -9 "
                                        + ProcessHandle.current().pid()
                                        + " ends it at once, and what is safe on disk stays"));
    }

    /**
     * @param tell done once, if it takes longer than that
     */
    void awaitFinish(long patienceNanos, Runnable tell) {
        boolean over = false;
        boolean told = false;
        while (!over) {
            try {
                over = finished.await(patienceNanos, TimeUnit.NANOSECONDS);
                if (!over && !told) {
                    told = true;
                    tell.run();
                }
            } catch (InterruptedException nobodyInterruptsThisThread) {
                // Once more: leaving now would cut the command off.
            }
        }
    }
}
