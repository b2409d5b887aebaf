package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whoever sees the tail behind a node sees the node filled. */
@JCStressTest
@Description("`TransferRing.tail`: nodes below it are filled")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not there yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there, and filled")
@Outcome(
        id = {"1, 0", "0, 1"},
        expect = FORBIDDEN,
        desc = "there, and not filled")
@State
public class RingTailEdge {
    private final TransferRing ring = EdgeChannel.ring();

    @Actor
    public void submitter() {
        TransferNode node = ring.free();
        node.lengthBytes = 1;
        ring.add(node);
    }

    @Actor
    public void engine(II_Result seen) {
        if (ring.contains(1)) {
            TransferNode node = ring.at(1);
            seen.r1 = 1;
            seen.r2 = node.cookie == 1 ? (int) node.lengthBytes : 0;
        }
    }
}
