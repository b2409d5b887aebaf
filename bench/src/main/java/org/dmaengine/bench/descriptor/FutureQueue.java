package org.dmaengine.bench.descriptor;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** A future for each copy, on the common pool with one worker. */
final class FutureQueue extends CopyQueue {
    private final Runnable[] tasks = tasks(slot -> () -> move(slot));
    private final Queue<CompletableFuture<Void>> inFlight = new ArrayDeque<>();

    FutureQueue() {
        super(Arena.ofShared());
    }

    @Override
    boolean copy(int slot) {
        inFlight.add(CompletableFuture.runAsync(tasks[slot]));
        return true;
    }

    @Override
    long ended() {
        long ended = 0;
        for (var head = inFlight.peek(); head != null && head.isDone(); head = inFlight.peek()) {
            inFlight.remove().join(); // Throws what the copy threw.
            ended++;
        }
        return ended;
    }

    @Override
    String workers() {
        return "ForkJoinPool.commonPool-worker";
    }

    @Override
    public void close() {}
}
