package org.dmaengine.bench.descriptor;

import com.sun.management.ThreadMXBean;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Turn;

import java.lang.management.ManagementFactory;

/** Bytes on the heap for each copy, whichever thread allocates them. */
final class Allocation implements Contestant {
    private static final Workload WORKLOAD = Workload.pipelined(32);
    private static final long COPIES = 1_000_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CopyQueue queue;

    Allocation(CopyQueue queue) {
        this.queue = queue;
    }

    static Entry of(QueueKind kind) {
        return new Entry(kind.title, site -> new Allocation(kind.open())).onBothCores();
    }

    @Override
    public Turn measure() {
        queue.bytes = WORKLOAD.bytes();
        queue.fill(WORKLOAD.usedBytes(COPIES));
        long before = threads.getTotalThreadAllocatedBytes();
        CopiesMain.run(queue, WORKLOAD, COPIES);
        long bytes = threads.getTotalThreadAllocatedBytes() - before;
        queue.compare(WORKLOAD.usedBytes(COPIES));
        return Turn.of((double) bytes / COPIES);
    }

    @Override
    public void close() {
        queue.close();
    }
}
