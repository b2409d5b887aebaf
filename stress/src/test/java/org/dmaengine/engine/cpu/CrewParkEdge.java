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

/** A worker that parks after it has looked is called by whoever rings. */
@JCStressTest
@Description(
        "`Crew.callable`: who rings pushes, then looks at it; a worker that ceases to search, for"
                + " sleep, sets it, then looks at the queue: one of the two sees the other (C1)")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "saw the work, and did not park")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "parked, and was called")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "parked, and nobody knew: it would sleep for ever")
@State
public class CrewParkEdge {
    private final EdgeCrew workers = new EdgeCrew(1);
    private final CpuChannel channel = workers.channel();

    @Actor
    public void client() {
        workers.crew.ready(channel);
    }

    @Actor
    public void worker() {
        workers.park();
    }

    @Arbiter
    public void after(II_Result seen) {
        seen.r1 = workers.asleep;
        seen.r2 = workers.called;
    }
}
