package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An engine that knows of a termination sees its transfers asked to stop. */
@JCStressTest
@Description("`Generation.closed`: stop soon: a hint, the abort is the order")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not told yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "told, and asked to stop")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "told, and not asked to stop")
@State
public class GenerationClosedEdge {
    private final VirtualChannel channel = EdgeChannel.open();
    private final TransferNode node = EdgeChannel.take(channel);
    private volatile int told;

    @Actor
    public void terminator() {
        channel.terminateAsync();
        told = 1;
    }

    @Actor
    public void engine(II_Result seen) {
        seen.r1 = told;
        seen.r2 = node.stopRequested() ? 1 : 0;
    }
}
