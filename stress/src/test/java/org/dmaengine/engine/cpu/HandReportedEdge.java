package org.dmaengine.engine.cpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Whoever has heard of an end sees that it was reported, and whoever sees that it was reported sees
 * that the owner has left: so synchronize, which looks in this order, looks at enough.
 */
@JCStressTest
@Description(
        "`Hand.reported`: written after `touching`, and before core hears of the end: who reads it"
                + " sees at least that the memory was left (P5)")
@Outcome(
        id = {"0, 0, 0, [01]", "0, 0, 1, 1", "0, 1, [01], 1", "1, 1, 1, 1"},
        expect = ACCEPTABLE,
        desc = "left, then reported, then ended")
@Outcome(
        id = {"1, 0, [01], [01]", "1, [01], 0, [01]"},
        expect = FORBIDDEN,
        desc = "ended, and not left or not reported: synchronize would not wait for it")
@Outcome(
        id = {"[01], [01], 1, 0", "[01], 1, [01], 0"},
        expect = FORBIDDEN,
        desc = "reported or left, and not left")
@State
public class HandReportedEdge {
    private final EdgeQueue queue = new EdgeQueue(EdgeQueue.ONE_COPY);
    private final Hand hand = new Hand(queue);

    /** The copy with ticket 1 was taken. */
    public HandReportedEdge() {
        hand.takeCopies();
    }

    @Actor
    public void owner() {
        hand.endCopies(EdgeQueue.ONE_COPY, false);
    }

    @Actor
    public void synchronize(IIII_Result seen) {
        seen.r1 = (int) queue.ended.getAcquire();
        // What was seen before is not to be taken for what is there now.
        seen.r2 = hand.isLeft(1) ? 1 : 0;
        seen.r3 = (int) hand.reported();
        seen.r4 = hand.isLeft(1) ? 1 : 0;
    }
}
