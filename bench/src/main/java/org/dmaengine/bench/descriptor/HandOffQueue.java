package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;
import java.util.concurrent.BlockingQueue;

/** A blocking queue of the JDK, and a thread that takes from it. */
final class HandOffQueue extends CopyQueue {
    private static final String WORKER = "bench-taker";

    private final BlockingQueue<SlotTask> queue;
    private final SlotTask[] tasks = SlotTask.all();
    private final Thread worker;

    HandOffQueue(BlockingQueue<SlotTask> queue) {
        super(Arena.ofShared());
        this.queue = queue;
        this.worker = Thread.ofPlatform().name(WORKER).daemon(true).start(this::work);
    }

    private void work() {
        try {
            while (true) {
                move(queue.take().slot());
                done.setRelease(done.getPlain() + 1);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    boolean copy(int slot) {
        return queue.offer(tasks[slot]);
    }

    @Override
    String workers() {
        return WORKER;
    }

    @Override
    public void close() {
        worker.interrupt();
    }
}
