package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

import java.lang.foreign.MemorySegment;

/** An engine reads the copies of a run without a lock while a node is made of one of them. */
@JCStressTest
@Description("`CopyRun`: what was submitted, however the ring changes meanwhile")
@Outcome(id = "5, 7, 1", expect = ACCEPTABLE, desc = "what was submitted")
@Outcome(expect = FORBIDDEN, desc = "something else")
@State
public class CopyRunEdge {
    private final TransferRing ring = new TransferRing(EdgeChannel.open(), 64);

    public CopyRunEdge() {
        ring.grow();
        ring.addCopy(MemorySegment.NULL, 5, MemorySegment.NULL, 6, 7, new MemoryOwner[0], null);
        ring.issueAll();
        ring.takeRun(new Generation());
    }

    @Actor
    public void engine(III_Result seen) {
        CopyRun run = ring.run();
        seen.r1 = (int) run.targetOffset(0);
        seen.r2 = (int) run.lengthBytes(0);
    }

    @Actor
    public void others() {
        ring.at(1);
        ring.grow();
    }

    @Arbiter
    public void look(III_Result seen) {
        seen.r3 = (int) ring.at(1).cookie;
    }
}
