package org.dmaengine.engine.cpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Whoever sees that the owner has left the memory of a transfer sees all that it wrote there. */
@JCStressTest
@Description(
        "`Hand.touching`: written after the last touch; who reads that it has passed a transfer"
                + " sees the bytes (C17)")
@Outcome(
        id = {"[01], 0, [01]"},
        expect = ACCEPTABLE,
        desc = "not left yet")
@Outcome(id = "[01], 1, 1", expect = ACCEPTABLE, desc = "left, and the bytes are there")
@Outcome(id = "[01], 1, 0", expect = FORBIDDEN, desc = "left, and the bytes are not there")
@State
public class HandTouchingEdge {
    private final Hand hand = new Hand(new Silent());
    private int bytes;

    /** With nothing that would keep the writes of the owner in order for it. */
    private static final class Silent extends EdgeQueue {
        Silent() {
            super(ONE_COPY);
        }

        @Override
        public void endCopies(int complete) {
            // Nobody is told.
        }
    }

    /** The copy with ticket 1 was taken. */
    public HandTouchingEdge() {
        hand.takeCopies();
    }

    @Actor
    public void owner() {
        // As a turn does; and the compiler has no check left to make between the two writes.
        if (!hand.isEmpty()) {
            bytes = 1;
            hand.endCopies(EdgeQueue.ONE_COPY, false);
        }
    }

    @Actor
    public void synchronize(III_Result seen) {
        // What was seen before is not to be taken for what is there now.
        seen.r1 = bytes;
        seen.r2 = hand.isLeft(1) ? 1 : 0;
        seen.r3 = bytes;
    }
}
