package org.dmaengine.testkit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * The dispatcher that was scheduled and has not run yet (kernel: the tasklet): keeps its tasks
 * until the scenario runs them.
 */
final class HeldExecutor implements Executor {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    boolean isScheduled() {
        return !tasks.isEmpty();
    }

    /** Runs all that was scheduled, on the calling thread. */
    void run() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
