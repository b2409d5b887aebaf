package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;

/** A virtual thread for each copy, on one carrier. */
final class VirtualThreadQueue extends CopyQueue {

    VirtualThreadQueue() {
        super(Arena.ofShared());
    }

    @Override
    boolean copy(int slot) {
        Thread.startVirtualThread(() -> {
            move(slot);
            done.getAndIncrement();
        });
        return true;
    }

    @Override
    String workers() {
        return "ForkJoinPool-1-worker";
    }

    @Override
    public void close() {}
}
