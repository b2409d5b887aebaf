package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whoever knows that a pause is over sees it in the state, without a lock (C13). */
@JCStressTest
@Description("`Pausing.hold`: PAUSED once `pause()` has returned")
@Outcome(
        id = {"0, 0", "0, 1", "1, 1"},
        expect = ACCEPTABLE,
        desc = "not yet, or paused")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the pause is over, and the state does not say so")
@State
public class HoldEdge {
    private final VirtualChannel channel = EdgeChannel.open();
    private volatile int paused;

    public HoldEdge() {
        channel.trySubmit(channel.prepInterrupt());
    }

    @Actor
    public void pauser() {
        channel.pause();
        paused = 1;
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = paused;
        seen.r2 = channel.state(1) == TransferState.PAUSED ? 1 : 0;
    }
}
