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

/** Whoever takes the channel that was rung last has all that were rung before. */
@JCStressTest
@Description(
        "`Crew.rung`: each channel knows the one before it when it is pushed, so that who takes the"
                + " newest has them all")
@Outcome(id = "2", expect = ACCEPTABLE, desc = "both were taken, once")
@Outcome(
        id = {"0", "1", "3"},
        expect = FORBIDDEN,
        desc = "one is lost, or taken twice")
@State
public class CrewRungEdge {
    private final EdgeCrew workers = new EdgeCrew(1);
    private final CpuChannel newest = workers.channel();

    // By the worker, then by the arbiter.
    private int taken;

    /** One was rung before. */
    public CrewRungEdge() {
        workers.crew.requeue(workers.channel());
    }

    @Actor
    public void client() {
        workers.crew.requeue(newest);
    }

    @Actor
    public void worker() {
        take();
    }

    @Arbiter
    public void after(I_Result seen) {
        while (take() && taken < 3) {
            // The rest.
        }
        seen.r1 = taken;
    }

    private boolean take() {
        boolean took = workers.crew.next(workers.worker) != null;
        taken += took ? 1 : 0;
        return took;
    }
}
