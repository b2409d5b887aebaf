package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicLong;

/** A virtual thread for each copy, on one carrier. */
final class VirtualThreadQueue extends CopyQueue {
    private final AtomicLong done = new AtomicLong();
    private long seen;

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
    long ended() {
        long before = seen;
        seen = done.getAcquire();
        return seen - before;
    }

    @Override
    String workers() {
        return "ForkJoinPool-1-worker";
    }

    @Override
    public void close() {}
}
