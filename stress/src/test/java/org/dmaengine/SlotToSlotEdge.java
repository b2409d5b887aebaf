package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmaengine.spi.IssuedTransfer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Slot to slot: a node that is filled anew is not touched for the old run any more. */
@JCStressTest
@Description(
        "Slot to slot. The last use of a node, before `head` moves over it; a submitter reads"
                + " `head` before it fills the node anew")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "full: the old run was not over")
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the new run stands in the same slot")
@Outcome(id = "2, 0", expect = FORBIDDEN, desc = "the new run was let go with the old one")
@State
public class SlotToSlotEdge {
    private final VirtualChannel channel = EdgeChannel.withOneTaken();
    private final Descriptor descriptor = channel.prepInterrupt();

    @Actor
    public void engine() {
        EdgeChannel.complete(channel);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = (int) channel.trySubmit(descriptor);
    }

    @Arbiter
    public void look(II_Result seen) {
        channel.issuePending();
        IssuedTransfer next = channel.engineSide.next();
        seen.r2 = next == null ? 0 : (int) next.ticket();
    }
}
