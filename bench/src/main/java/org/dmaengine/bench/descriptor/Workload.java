package org.dmaengine.bench.descriptor;

/**
 * A stream of small copies. At most {@code depth} are in flight; they are begun {@code burst} at a
 * time, with one doorbell for each burst. So a great depth is a pipeline, and a depth of 1 the
 * round trip. The peers in C read the same five numbers ({@code bench/peers/copies.h}).
 *
 * @param bytes of each copy
 * @param slots pairs of source and target, which take turns
 * @param depth in flight at most
 * @param burst begun at a time
 */
record Workload(int bytes, int slots, int depth, int burst) {
    /** Copies begun in bursts, as many in flight as fit. */
    static Workload pipelined(int burst) {
        return new Workload(64, 1024, 1024, burst);
    }

    /** Copies begun one by one. */
    static Workload inFlight(int depth) {
        return new Workload(64, 1024, depth, 1);
    }

    /** In bursts, in so little memory that it stays in the cache whatever the size. */
    static Workload ofSize(int bytes) {
        return new Workload(bytes, 64, 64, 32);
    }

    /** How many bytes so many copies take and change. */
    long usedBytes(long copies) {
        return bytes * Math.min(copies, slots);
    }

    String line(long copies) {
        return bytes + " " + slots + " " + depth + " " + burst + " " + copies;
    }
}
