package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmaengine.spi.Scheduler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

import java.util.concurrent.CompletableFuture;

/** A future that is asked for while the outcome comes is completed. */
@JCStressTest
@Description(
        "`Transfer.futures`: a push is followed by a look at `result`, a publication by a look at"
                + " the stack: one of the two sees the other")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "it is completed")
@Outcome(id = "0", expect = FORBIDDEN, desc = "it never will be")
@State
public class TransferFuturesEdge {
    private final Transfer transfer = new Transfer(null, Scheduler.system());
    private CompletableFuture<TransferResult> future;

    @Actor
    public void publisher() {
        if (transfer.publish(EdgeChannel.RESULT)) {
            transfer.completeFutures(Runnable::run);
        }
    }

    @Actor
    public void client() {
        future = transfer.toFuture();
    }

    @Arbiter
    public void look(I_Result seen) {
        seen.r1 = future.isDone() ? 1 : 0;
    }
}
