package org.dmaengine.engine.cpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Behind a worker that has begun something long, another one is called for whoever rings. */
@JCStressTest
@Description(
        "`Crew.callable`: a worker that ceases to search in the middle of a turn sets it, then"
                + " looks at the queue: either it sees the ring, or the ringer sees it (C1)")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "another one was called")
@Outcome(id = "0", expect = FORBIDDEN, desc = "the channel waits for a turn that may never end")
@State
public class CrewLongTurnEdge {
    private final EdgeCrew workers = new EdgeCrew(2);
    private final CpuChannel channel = workers.channel();

    @Actor
    public void client() {
        workers.crew.ready(channel);
    }

    @Actor
    public void worker() {
        workers.worker.mayTakeLong();
    }

    @Arbiter
    public void after(I_Result seen) {
        seen.r1 = workers.called;
    }
}
