package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A task for each copy, on the one thread of an executor. */
final class ExecutorQueue extends CopyQueue {
    private static final String WORKER = "bench-executor";

    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name(WORKER).daemon(true).factory());

    ExecutorQueue() {
        super(Arena.ofShared());
    }

    @Override
    boolean copy(int slot) {
        executor.execute(() -> {
            move(slot);
            done.setRelease(done.getPlain() + 1);
        });
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
