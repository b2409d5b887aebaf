package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.time.Duration;

/** Engine to client: synchronize that returned quiesced sees the bytes (C17). */
@JCStressTest
@Description("Engine to client. `synchronize` read the generation under `lock` after it")
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not there yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "there, and so are the bytes")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "there, and the bytes are not")
@State
public class EngineToSynchronizeEdge {
    private final VirtualChannel channel = EdgeChannel.withOneTerminated();
    private int bytes;

    @Actor
    public void engine() {
        bytes = 1;
        EdgeChannel.abort(channel);
    }

    @Actor
    public void client(II_Result seen) {
        seen.r1 = channel.synchronize(Duration.ZERO) instanceof Quiesced ? 1 : 0;
        seen.r2 = bytes;
    }
}
