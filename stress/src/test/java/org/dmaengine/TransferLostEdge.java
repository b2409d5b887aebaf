package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmaengine.spi.Scheduler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whoever learns that the engine is lost sees what was known of it then (C12). */
@JCStressTest
@Description("`Transfer.lost`: the engine is lost; an outcome may still follow")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not told yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "told, with the evidence")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "told without the evidence")
@State
public class TransferLostEdge {
    private final Transfer transfer = new Transfer(null, Scheduler.system());
    private final EngineLostException exception = EdgeChannel.lost();
    private int evidence;

    @Actor
    public void channel() {
        evidence = 1;
        transfer.publishLost(exception);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = transfer.toFuture().isCompletedExceptionally() ? 1 : 0;
        seen.r2 = evidence;
    }
}
