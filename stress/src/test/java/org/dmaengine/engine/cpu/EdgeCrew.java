package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A crew of the engine whose threads are the actors: it starts, parks and wakes nobody, and notes
 * who would have been. Its first worker has been started, has served a channel and is searching.
 */
final class EdgeCrew implements Scheduler {
    // Written by the actors, each behind its last look, and read by the arbiter.
    int asleep;
    int called;

    final Lanes lanes;
    final Crew crew;
    final Worker worker;

    private @Nullable Worker started;

    /** Whoever parks sleeps on: only a call would wake it. */
    private static final class Asleep extends RuntimeException {
        private static final long serialVersionUID = 1;

        Asleep() {
            super("asleep", null, false, false);
        }
    }

    EdgeCrew(int workers) {
        // Without spins: an owner that finds no work leaves at once.
        lanes = new Lanes(new CpuOptions(workers, workers, false, 1, 1, 0), this);
        crew = lanes.memory;
        crew.ready(channel());
        worker = firstWorker();
        while (crew.next(worker) != null) {
            // It is only taken.
        }
        called = 0;
    }

    private Worker firstWorker() {
        Worker first = started;
        assert first != null : "the first doorbell starts a worker";
        return first;
    }

    /** One that nobody has rung. */
    CpuChannel channel() {
        return new MovingChannel(new EdgeQueue(null), lanes, this);
    }

    /** The worker has nothing to do. */
    void park() {
        try {
            crew.park(worker);
        } catch (Asleep forever) {
            asleep = 1;
        }
    }

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public void park(long nanos) {
        throw new Asleep();
    }

    @Override
    public void unpark(Thread thread) {
        called = 1;
    }

    @Override
    public Thread start(String name, Runnable body) {
        called = 1;
        started = (Worker) body;
        return Thread.currentThread();
    }
}
