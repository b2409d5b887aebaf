package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Engine to client: a claimed callback sees the bytes (C17). */
@JCStressTest
@Description("Engine to client. A callback was claimed under `lock` after it")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not there yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there, and so are the bytes")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "there, and the bytes are not")
@State
public class EngineToCallbackEdge {
    private final VirtualChannel channel = EdgeChannel.withCallbackTaken();
    private int bytes;

    @Actor
    public void engine() {
        bytes = 1;
        EdgeChannel.complete(channel);
    }

    @Actor
    public void runner(II_Result seen) {
        seen.r1 = channel.claims.claimNext(null, Thread.currentThread()) != null ? 1 : 0;
        seen.r2 = bytes;
    }
}
