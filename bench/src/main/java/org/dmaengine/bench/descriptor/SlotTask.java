package org.dmaengine.bench.descriptor;

import java.util.stream.IntStream;

/** A copy to hand over, made once for each slot as whoever counts allocations would. */
record SlotTask(int slot) {
    static SlotTask[] all() {
        return IntStream.range(0, CopyQueue.DEPTH_MAX)
                .mapToObj(SlotTask::new)
                .toArray(SlotTask[]::new);
    }
}
