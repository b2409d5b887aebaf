package org.dmaengine.bench.copy;

/**
 * What is copied in one turn, the same by everybody who is compared.
 *
 * @param bytes of one block
 * @param cold another block each time, out of a pool that no cache holds; or else the same again
 *     and again
 * @param workers who copy at the same time, each its own blocks
 */
record Blocks(long bytes, boolean cold, int workers) {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    // A tenth of a second or more: out of a cache, which may hold so large a block, and out of
    // memory.
    private static final long CACHED_BYTES_MAX = 4 * MIB;
    private static final long CACHED_TURN_BYTES = 6 * GIB;
    private static final long MEMORY_TURN_BYTES = 2 * GIB;

    /** How many each worker copies. */
    long count() {
        boolean cached = !cold && bytes <= CACHED_BYTES_MAX;
        return (cached ? CACHED_TURN_BYTES : MEMORY_TURN_BYTES) / bytes;
    }

    /** As much as a worker's source has, and its target. */
    long poolBytes() {
        return cold ? Math.max(512 * MIB, 8 * Cache.lastLevelBytes()) : bytes;
    }

    String size() {
        if (bytes < MIB) {
            return bytes / KIB + " KiB";
        }
        return bytes < GIB ? bytes / MIB + " MiB" : bytes / GIB + " GiB";
    }

    /** What is plotted as one curve. */
    String kind() {
        return (cold ? "cold" : "hot") + (workers == 1 ? ", one worker" : ", two workers");
    }

    /** As memory.c of bench/peers reads it. */
    String parameters(String method) {
        return "%s %d %s %d %d".formatted(method, bytes, cold ? "cold" : "hot", workers, count());
    }
}
