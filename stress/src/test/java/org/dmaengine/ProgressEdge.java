package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Progress may lag, and does not go back. */
@JCStressTest
@Description("`TransferNode.progress`: a hint; it may lag behind the bytes")
@Outcome(
        id = {"0, 0", "0, 1", "0, 2", "1, 1", "1, 2", "2, 2"},
        expect = ACCEPTABLE,
        desc = "only forward")
@Outcome(
        id = {"1, 0", "2, 0", "2, 1"},
        expect = FORBIDDEN,
        desc = "it went back")
@State
public class ProgressEdge {
    private final TransferNode node = EdgeChannel.copyOf(8);

    @Actor
    public void engine() {
        node.progress(1);
        node.progress(2);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = (int) node.progressBytes();
        seen.r2 = (int) node.progressBytes();
    }
}
