package org.dmaengine.cli;

import java.lang.foreign.MemorySegment;

/** Buffers of one size that go round: used, reported free, watched for late writes, used again. */
final class Buffers {
    /** Watched at most; as many buffers of memory that does not grow with their size. */
    private static final long KEPT_BYTES_MAX = 16 << 20;

    private final TestBench bench;
    private final LateWrites late;
    private final long bytes;
    private final long alignBytes;

    /** Of at least so many bytes, and of whole blocks where blocks are asked for. */
    Buffers(TestBench bench, long bytesMin, long blockBytes) {
        this.bench = bench;
        this.bytes = (bytesMin + blockBytes - 1) / blockBytes * blockBytes;
        this.alignBytes = Math.max(64, Math.max(blockBytes, bench.alignBytes()));
        this.late = new LateWrites(bench.tally(), KEPT_BYTES_MAX / bytes);
    }

    long bytes() {
        return bytes;
    }

    MemorySegment take() {
        MemorySegment kept = late.reuse();
        return kept != null ? kept : bench.arena().allocate(bytes, alignBytes);
    }

    /** The transfer of that name has an outcome, or a receipt said so. */
    void free(MemorySegment buffer, String transfer) {
        late.freed(buffer, transfer);
    }

    /** Once more at some of those that are free. */
    void lookAgain() {
        late.lookAgain();
    }

    void checkAll() {
        late.checkAll();
    }
}
