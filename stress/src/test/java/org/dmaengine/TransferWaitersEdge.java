package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmaengine.spi.Scheduler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread that parks after it has looked is seen by whoever publishes. */
@JCStressTest
@Description(
        "`Transfer.waiters`: a push is followed by a look at `result`, a publication by a look at"
                + " the stack: one of the two sees the other")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "saw the outcome, and never parked")
@Outcome(
        id = "0, 1",
        expect = ACCEPTABLE,
        desc = "was pushed, and saw the outcome before it parked")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "parked, and was unparked")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "parked, and nobody knew: it would sleep for ever")
@State
public class TransferWaitersEdge {
    private final Noting scheduler = new Noting();
    private final Transfer transfer = new Transfer(null, scheduler);

    /** Parks nobody, and notes who would have. */
    private static final class Noting implements Scheduler {
        // Each is written by one actor, and read by the arbiter.
        int parked;
        int unparked;

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void park(long nanos) {
            parked = 1;
            Thread.onSpinWait();
        }

        @Override
        public void unpark(Thread thread) {
            unparked = 1;
        }

        @Override
        public Thread start(String name, Runnable body) {
            throw new UnsupportedOperationException(name);
        }
    }

    @Actor
    public void publisher() {
        transfer.publish(EdgeChannel.RESULT);
    }

    @Actor
    public void waiter() {
        transfer.await();
    }

    @Arbiter
    public void look(II_Result seen) {
        seen.r1 = scheduler.parked;
        seen.r2 = scheduler.unparked;
    }
}
