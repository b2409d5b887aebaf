package org.dmaengine.engine.cpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Either the owner that leaves a channel sees what was issued, or the client that issued it sees
 * that the owner leaves, and rings.
 */
@JCStressTest
@Description(
        "`CpuChannel.attentive`: the owner clears it, then looks at the queue; a client issues,"
                + " passes a full fence, and looks at it: one of the two sees the other (C1)")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the owner sees the work")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the channel is queued for a worker")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the doorbell is lost")
@State
public class AttentiveEdge {
    private final EdgeCrew workers = new EdgeCrew(1);
    private final EdgeQueue queue = new EdgeQueue(null);
    private final CpuChannel channel = new MovingChannel(queue, workers.lanes, workers);

    /** The channel is READY before. */
    public AttentiveEdge() {
        channel.start();
    }

    @Actor
    public void client() {
        queue.meet();
        queue.issued.setRelease(1);
        channel.start();
    }

    @Actor
    public void owner() {
        workers.worker.step();
    }

    @Arbiter
    public void after(II_Result seen) {
        seen.r1 = queue.seen ? 1 : 0;
        seen.r2 = workers.crew.wantsAttention() ? 1 : 0;
    }
}
