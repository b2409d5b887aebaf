package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A transfer that was aborted is never taken for complete (C2). */
@JCStressTest
@Description(
        "`Endings.history`: null: no cookie below the `head` read before was anything"
                + " but COMPLETE")
@Outcome(id = "IN_PROGRESS", expect = ACCEPTABLE, desc = "not over yet")
@Outcome(id = "ABORTED", expect = ACCEPTABLE, desc = "the truth")
@Outcome(
        id = {"COMPLETE", "UNKNOWN"},
        expect = FORBIDDEN,
        desc = "a lie")
@State
public class HasHistoryEdge {
    private final VirtualChannel channel = EdgeChannel.withOneTaken();

    @Actor
    public void engine() {
        EdgeChannel.abort(channel);
    }

    @Actor
    public void client(L_Result seen) {
        seen.r1 = channel.state(1);
    }
}
