package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.lang.foreign.Arena;

/** Close against submit: exactly one of the two gives way (C16). */
@JCStressTest
@Description(
        "`MemoryOwner.state`: close first leaves OPEN, then looks; submit looks before it publishes"
                + " the node")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "freed, and the submit refused")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "submitted, and the close refused")
@Outcome(id = "1, 1", expect = FORBIDDEN, desc = "freed, and used")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "both gave way")
@State
public class OwnerStateEdge {
    // One for all states: an owner looks through every channel of the process.
    private static final VirtualChannel CHANNEL = EdgeChannel.registered();

    private final MemoryOwner owner = new MemoryOwner("the edge", Arena.global().scope(), () -> {});
    private final Descriptor descriptor = EdgeChannel.using(CHANNEL, owner);
    private long cookie;

    @Actor
    public void closer(II_Result seen) {
        try {
            owner.close(new ClosePolicy.Fail());
            seen.r1 = 1;
        } catch (BuffersInFlightException refused) {
            seen.r1 = 0;
        }
    }

    @Actor
    public void client(II_Result seen) {
        try {
            cookie = CHANNEL.trySubmit(descriptor);
            seen.r2 = 1;
        } catch (IllegalStateException refused) {
            seen.r2 = 0;
        }
    }

    @Arbiter
    public void clear(II_Result seen) {
        if (cookie != 0) {
            EdgeChannel.endAll(CHANNEL);
        }
    }
}
