package org.dmaengine.engine.cpu;

import org.dmaengine.spi.Scheduler;

import java.util.ArrayList;
import java.util.List;

/** A scheduler that starts no workers: the test steps them. All other threads are real. */
final class SteppedCrew implements Scheduler {
    private final List<Worker> workers = new ArrayList<>();
    private Runnable whenStarted = () -> {};

    /** One turn of each worker that was started; true if any found work. */
    boolean step() {
        boolean worked = false;
        for (Worker worker : List.copyOf(workers)) {
            worked |= worker.step();
        }
        return worked;
    }

    /** What to do at the moment at which a worker is started. */
    void whenStarted(Runnable action) {
        whenStarted = action;
    }

    int workers() {
        return workers.size();
    }

    @Override
    public long nanoTime() {
        return Scheduler.system().nanoTime();
    }

    @Override
    public void park(long nanos) {
        Scheduler.system().park(nanos);
    }

    @Override
    public void unpark(Thread thread) {
        Scheduler.system().unpark(thread);
    }

    @Override
    public Thread start(String name, Runnable body) {
        if (body instanceof Worker worker) {
            workers.add(worker);
            whenStarted.run();
            return Thread.currentThread();
        }
        return Scheduler.system().start(name, body);
    }
}
