package org.dmaengine.cli;

/**
 * Bytes per block.
 *
 * @param cachedBytes between page caches: small enough that what was just read is still in the
 *     processor's cache when it is written
 * @param directBytes where a disk moves them itself, on one side at least: large enough that it has
 *     few requests to answer
 */
record BlockSizes(int cachedBytes, int directBytes) {
    static final BlockSizes DEFAULT = new BlockSizes(256 << 10, 1 << 20);

    static BlockSizes all(int bytes) {
        return new BlockSizes(bytes, bytes);
    }

    BlockSizes atMost(long bytes) {
        return new BlockSizes(
                (int) Math.min(cachedBytes, bytes), (int) Math.min(directBytes, bytes));
    }

    int largestBytes() {
        return Math.max(cachedBytes, directBytes);
    }

    /** Whether a file can be written by them past the page cache. */
    boolean areDirect() {
        return DirectIo.isWhole(directBytes);
    }
}
