package org.dmaengine.testkit;

import org.dmaengine.ClosePolicy;
import org.dmaengine.DmaArena;
import org.dmaengine.Transfer;

/** A blocked transfer into an arena of its own. */
record BlockedInArena(DmaArena arena, Transfer transfer, GatedChannel gate) {
    static BlockedInArena open(TestBench bench, ClosePolicy policy) {
        DmaArena arena = DmaArena.open("the blocked arena", policy);
        BlockedTransfer blocked =
                BlockedTransfer.open(bench, arena.allocate(BlockedTransfer.BYTES, 4096));
        return new BlockedInArena(arena, blocked.transfer(), blocked.gate());
    }
}
