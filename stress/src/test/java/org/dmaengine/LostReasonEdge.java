package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IL_Result;

/** A submit is refused by a lost channel, or ended by the loss (C12, C5). */
@JCStressTest
@Description("`EngineLoss.lostReason`: refuse early; submit looks under `submitLock`")
@Outcome(id = "0, ABORTED", expect = ACCEPTABLE, desc = "submitted before, and ended with it")
@Outcome(id = "1, UNKNOWN", expect = ACCEPTABLE, desc = "refused")
@Outcome(
        id = {"0, IN_PROGRESS", "0, UNKNOWN", "0, COMPLETE"},
        expect = FORBIDDEN,
        desc = "submitted, and left behind")
@State
public class LostReasonEdge {
    private final VirtualChannel channel = EdgeChannel.open();
    private final Descriptor descriptor = channel.prepInterrupt();

    @Actor
    public void watcher() {
        channel.loss.lose("the edge", null);
    }

    @Actor
    public void client(IL_Result seen) {
        try {
            channel.trySubmit(descriptor);
        } catch (EngineLostException refused) {
            seen.r1 = 1;
        }
    }

    @Arbiter
    public void look(IL_Result seen) {
        seen.r2 = channel.state(1);
    }
}
