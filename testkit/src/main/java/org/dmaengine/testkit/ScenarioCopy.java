package org.dmaengine.testkit;

import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;

import java.lang.foreign.MemorySegment;

/** A copy: its memory, and its run. */
record ScenarioCopy(MemorySegment source, MemorySegment target, Transfer transfer) {
    /** The length of a copy, where nothing else is said. */
    static final long BYTES = 4096;

    long cookie() {
        return transfer.cookie();
    }

    TransferResult result() {
        return transfer.result().orElseThrow(() -> new AssertionError(transfer.toString()));
    }

    /** The bytes that it says it moved are there, and no others. */
    void check() {
        DmaPattern.checkCopied(transfer.toString(), target, result().bytes());
    }
}
