package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Client to engine: what was written before submit is seen by the engine (C17). */
@JCStressTest
@Description(
        "Client to engine. What the client wrote, before submit; submit fills the node and writes"
                + " `tail`; `next()` reads `tail`")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not there yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there, and so are the bytes")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "there, and the bytes are not")
@State
public class ClientToEngineEdge {
    private final VirtualChannel channel = EdgeChannel.open();
    private final Descriptor descriptor = channel.prepInterrupt();
    private int bytes;

    @Actor
    public void client() {
        bytes = 1;
        channel.trySubmit(descriptor);
        channel.issuePending();
    }

    @Actor
    public void engine(II_Result seen) {
        seen.r1 = channel.engineSide.next() != null ? 1 : 0;
        seen.r2 = bytes;
    }
}
