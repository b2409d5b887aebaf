package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;

/** A virtual thread for each copy, on one carrier. */
final class VirtualThreadQueue extends CopyQueue {
    private final Runnable[] tasks = tasks(slot -> () -> run(slot));

    VirtualThreadQueue() {
        super(Arena.ofShared());
    }

    private void run(int slot) {
        move(slot);
        done.getAndIncrement();
    }

    @Override
    boolean copy(int slot) {
        Thread.startVirtualThread(tasks[slot]);
        return true;
    }

    @Override
    String workers() {
        return "ForkJoinPool-1-worker";
    }

    @Override
    public void close() {}
}
