package org.dmaengine.bench.descriptor;

import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

import java.lang.foreign.Arena;

/** A ring of JCTools for one producer and one consumer, which spins. */
final class JctoolsQueue extends CopyQueue {
    private static final String WORKER = "bench-poller";

    private final SpscVarHandleArrayQueue<SlotTask> queue =
            new SpscVarHandleArrayQueue<>(DEPTH_MAX);
    private final SlotTask[] tasks = SlotTask.all();
    // Volatile: written once by whoever closes.
    private volatile boolean closed;

    JctoolsQueue() {
        super(Arena.ofShared());
        Thread.ofPlatform().name(WORKER).daemon(true).start(this::work);
    }

    private void work() {
        while (!closed) {
            SlotTask task = queue.relaxedPoll();
            if (task == null) {
                Thread.onSpinWait();
            } else {
                move(task.slot());
                done.setRelease(done.getPlain() + 1);
            }
        }
    }

    @Override
    boolean copy(int slot) {
        return queue.relaxedOffer(tasks[slot]);
    }

    @Override
    String workers() {
        return WORKER;
    }

    @Override
    public void close() {
        closed = true;
    }
}
