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

/** Behind a worker that takes a channel for a long turn, another one is called for the next. */
@JCStressTest
@Description(
        "`Crew.callable`: a worker that ceases to search, for work, sets it, then looks at the"
                + " queue: either it sees the ring, or the ringer sees it (C1)")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "another one was called")
@Outcome(id = "0", expect = FORBIDDEN, desc = "the channel waits for a turn that may never end")
@State
public class CrewNextEdge {
    private final EdgeCrew workers = new EdgeCrew(2);
    private final CpuChannel channel = workers.channel();

    /** A channel for a long turn stands in the queue before, and the worker is searching. */
    public CrewNextEdge() {
        CpuChannel before = workers.channel();
        before.brief = false;
        workers.crew.requeue(before);
    }

    @Actor
    public void client() {
        workers.crew.ready(channel);
    }

    @Actor
    public void worker() {
        workers.crew.next(workers.worker);
    }

    @Arbiter
    public void after(I_Result seen) {
        seen.r1 = workers.called;
    }
}
