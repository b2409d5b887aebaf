package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** What the engine wrote is seen by whoever asks for the state without a lock (C17). */
@JCStressTest
@Description(
        "`TransferRing.head`: cookies below it are over; with no `history` they are COMPLETE,"
                + " and their bytes are there")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not there yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there, and so are the bytes")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "there, and the bytes are not")
@State
public class RingHeadEdge {
    private final VirtualChannel channel = EdgeChannel.withOneTaken();
    private int bytes;

    @Actor
    public void engine() {
        bytes = 1;
        EdgeChannel.complete(channel);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = channel.state(1) == TransferState.COMPLETE ? 1 : 0;
        seen.r2 = bytes;
    }
}
