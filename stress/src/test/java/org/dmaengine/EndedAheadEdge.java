package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An outcome that was seen once is seen ever after, by way of the lock and without it (C2). */
@JCStressTest
@Description(
        "`ENDED_AHEAD`, the lowest bit of `head`: clear: no cookie from the `head` that is read"
                + " next on has an outcome, also none that the reader has seen before")
@Outcome(
        id = {"0, 0", "0, 1", "1, 1"},
        expect = ACCEPTABLE,
        desc = "it never goes back")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "it went back")
@State
public class EndedAheadEdge {
    private final VirtualChannel channel = EdgeChannel.withUnacknowledgedTaken();

    /** The outcome is there, and head passes it only later. */
    @Actor
    public void engine() {
        EdgeChannel.complete(channel);
        channel.acknowledge(1);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = channel.state(1) == TransferState.COMPLETE ? 1 : 0;
        seen.r2 = channel.state(1) == TransferState.COMPLETE ? 1 : 0;
    }
}
