package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A task for each slot, on the one thread of an executor. */
final class ExecutorQueue extends CopyQueue {
    private static final String WORKER = "bench-executor";

    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name(WORKER).daemon(true).factory());

    private final Runnable[] tasks = tasks(slot -> () -> run(slot));

    ExecutorQueue() {
        super(Arena.ofShared());
    }

    private void run(int slot) {
        move(slot);
        done.setRelease(done.getPlain() + 1);
    }

    @Override
    boolean copy(int slot) {
        executor.execute(tasks[slot]);
        return true;
    }

    @Override
    String workers() {
        return WORKER;
    }

    @Override
    public void close() {
        executor.close();
    }
}
