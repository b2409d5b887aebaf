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

/** What the engine wrote is seen by whoever sees the outcome (C2, C17). */
@JCStressTest
@Description("`Transfer.result`: the buffers are free and all bytes are there")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not there yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there, and so are the bytes")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "there, and the bytes are not")
@State
public class TransferResultEdge {
    private final Transfer transfer = new Transfer(null, Scheduler.system());
    private int bytes;

    @Actor
    public void engine() {
        bytes = 1;
        transfer.publish(EdgeChannel.RESULT);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = transfer.result().isPresent() ? 1 : 0;
        seen.r2 = bytes;
    }
}
