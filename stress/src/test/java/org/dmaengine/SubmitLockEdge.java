package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whoever has the lock sees what its last holder wrote, and nobody else writes meanwhile. */
@JCStressTest
@Description("`SubmitLock`: what the last holder wrote is there, and nobody else writes")
@Outcome(
        id = {"1, 2", "2, 1"},
        expect = ACCEPTABLE,
        desc = "one after the other")
@Outcome(expect = FORBIDDEN, desc = "both at once")
@State
public class SubmitLockEdge {
    private final SubmitLock lock = new SubmitLock();
    private int submitted;

    @Actor
    public void first(II_Result seen) {
        seen.r1 = submit();
    }

    @Actor
    public void second(II_Result seen) {
        seen.r2 = submit();
    }

    private int submit() {
        lock.lock();
        try {
            return ++submitted;
        } finally {
            lock.unlock();
        }
    }
}
