package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who prepares in the new generation finds the old one closed. */
@JCStressTest
@Description("`VirtualChannel.generation`: where the descriptor belongs; submit looks again")
@Outcome(
        id = {"1, 0", "1, 1"},
        expect = ACCEPTABLE,
        desc = "prepared before")
@Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "prepared after")
@Outcome(id = "2, 0", expect = FORBIDDEN, desc = "in the new generation, and the old one open")
@State
public class GenerationEdge {
    private final VirtualChannel channel = EdgeChannel.open();
    private final Generation old = channel.prepInterrupt().generation;

    @Actor
    public void terminator() {
        channel.terminateAsync();
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = channel.prepInterrupt().generation == old ? 1 : 2;
        seen.r2 = old.closed ? 1 : 0;
    }
}
