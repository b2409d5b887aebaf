package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;

/** Callback to client: synchronize that returned sees what the callback wrote. */
@JCStressTest
@Description(
        "Callback to client. A callback returns, then the runner takes `lock` and gives the claim"
                + " back; `synchronize` and `drain` see that under `lock`")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not over yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "over, with all it wrote")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "over, and its writes are not there")
@State
public class CallbackToClientEdge {
    private final VirtualChannel channel = EdgeChannel.withCallbackTaken();
    private final TransferNode claimed;
    private int written;

    public CallbackToClientEdge() {
        EdgeChannel.complete(channel);
        claimed = channel.claims.claimNext(null, Thread.currentThread());
    }

    @Actor
    public void runner() {
        written = 1;
        channel.claims.claimNext(claimed, Thread.currentThread());
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = channel.drain(Duration.ZERO) instanceof Quiesced ? 1 : 0;
        seen.r2 = written;
    }
}
