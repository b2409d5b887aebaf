package org.dmaengine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * Runs callbacks when the test says so, on the test's thread: until then a callback is queued and
 * not claimed.
 */
final class ManualExecutor implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean direct;

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (!direct) {
                tasks.add(task);
                return;
            }
        }
        task.run();
    }

    /** From here on runs everything at once, what waits included. */
    void runAtOnce() {
        synchronized (this) {
            direct = true;
        }
        run();
    }

    synchronized int waiting() {
        return tasks.size();
    }

    /** Runs all that waits; true if there was something. */
    boolean run() {
        boolean any = false;
        for (Runnable task = poll(); task != null; task = poll()) {
            task.run();
            any = true;
        }
        return any;
    }

    private synchronized Runnable poll() {
        return tasks.poll();
    }
}
