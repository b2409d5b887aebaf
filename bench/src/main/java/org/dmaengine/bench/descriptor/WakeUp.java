package org.dmaengine.bench.descriptor;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Cores;
import org.dmaengine.bench.Deadline;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Turn;

/** One copy whose worker has to be woken: from its submission until the producer knows its end. */
final class WakeUp implements Contestant {
    private static final Workload WORKLOAD = Workload.inFlight(1);
    private static final long TURN_NANOS = 200_000_000;

    private final CopyQueue queue;
    private final Thread worker;

    private WakeUp(CopyQueue queue, Thread worker) {
        this.queue = queue;
        this.worker = worker;
    }

    static Entry of(QueueKind kind) {
        return new Entry(kind.title, site -> open(kind, site.cores()));
    }

    private static WakeUp open(QueueKind kind, Cores cores) {
        CopyQueue queue = kind.open();
        queue.bytes = WORKLOAD.bytes();
        CopiesMain.run(queue, WORKLOAD, 1);
        Cores.pinThreads(queue.workers(), cores.second());
        return new WakeUp(queue, Threads.named(queue.workers()).getFirst());
    }

    @Override
    public Turn measure() {
        Histogram nanos = new Histogram(3);
        long end = System.nanoTime() + TURN_NANOS;
        while (System.nanoTime() < end) {
            nanos.recordValue(once());
        }
        return Turn.percentile(nanos, 50, 1e3);
    }

    private long once() {
        queue.fill(WORKLOAD.usedBytes(1));
        awaitParked();
        long begin = System.nanoTime();
        CopiesMain.run(queue, WORKLOAD, 1);
        long nanos = System.nanoTime() - begin;
        queue.compare(WORKLOAD.usedBytes(1));
        return nanos;
    }

    private void awaitParked() {
        Deadline deadline = Deadline.start();
        while (worker.getState() != Thread.State.WAITING) {
            deadline.spin();
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
