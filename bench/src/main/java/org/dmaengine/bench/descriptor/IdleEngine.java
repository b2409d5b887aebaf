package org.dmaengine.bench.descriptor;

import com.sun.management.ThreadMXBean;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.lang.management.ManagementFactory;

/** Processor time that the threads of an engine use while there is nothing to do. */
final class IdleEngine implements Contestant {
    private static final Workload WORKLOAD = Workload.pipelined(32);
    private static final long COPIES = 1024;
    private static final long SETTLE_MILLIS = 20;
    private static final long IDLE_MILLIS = 1000;

    private final ThreadMXBean times = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CopyQueue queue = QueueKind.CALLED_BY_THREADS.open();

    @Override
    public Turn measure() throws InterruptedException {
        queue.bytes = WORKLOAD.bytes();
        queue.fill(WORKLOAD.usedBytes(COPIES));
        CopiesMain.run(queue, WORKLOAD, COPIES);
        queue.compare(WORKLOAD.usedBytes(COPIES));
        Thread.sleep(SETTLE_MILLIS);
        long begin = cpuNanos();
        Thread.sleep(IDLE_MILLIS);
        return Turn.of((cpuNanos() - begin) / 1e3 / (IDLE_MILLIS / 1e3));
    }

    private long cpuNanos() {
        return Threads.named("dma-").stream()
                .mapToLong(thread -> Math.max(0, times.getThreadCpuTime(thread.threadId())))
                .sum();
    }

    @Override
    public void close() {
        queue.close();
    }
}
