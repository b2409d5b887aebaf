package org.dmaengine.bench.file;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Turn;

import java.lang.management.ManagementFactory;

/** What is asked of a turn of transfers. */
enum Metric {
    SPEED("speed", "transfers/s", Better.LARGER),
    /** Where the disk limits the speed, this is what tells programs apart. */
    PROCESSOR("processor time", "processor ns/transfer", Better.SMALLER),
    HEAP("heap", "heap bytes/transfer", Better.SMALLER);

    /** Of every turn. */
    static final double SECONDS = 0.25;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    final String title;
    final String unit;
    final Better better;

    Metric(String title, String unit, Better better) {
        this.title = title;
        this.unit = unit;
        this.better = better;
    }

    /** Transfers until a time of {@link System#nanoTime}, and counts them. */
    @FunctionalInterface
    interface Transfers {
        long until(long endNanos) throws Exception;
    }

    /** A turn in this process, all threads of which count. */
    Turn measure(Transfers transfers) throws Exception {
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        long used = SYSTEM.getProcessCpuTime();
        long begun = System.nanoTime();
        long done = transfers.until(begun + (long) (SECONDS * 1e9));
        long took = System.nanoTime() - begun;
        return Turn.of(
                switch (this) {
                    case SPEED -> done * 1e9 / took;
                    case PROCESSOR -> (double) (SYSTEM.getProcessCpuTime() - used) / done;
                    case HEAP ->
                            (double) (THREADS.getTotalThreadAllocatedBytes() - allocated) / done;
                });
    }
}
