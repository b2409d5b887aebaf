package org.dmaengine;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmaengine.spi.Scheduler;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread that looks without the lock, and without end, sees that there is something to see. */
@JCStressTest
@Description("`Waiters.changes`: worth another look under `lock`, and no more than that")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "saw the change, and did not park")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "came back too early")
@Outcome(
        id = {"0, 1", "1, 1"},
        expect = FORBIDDEN,
        desc = "parked, though it had not looked for long enough")
@State
public class WaitersChangesEdge {
    private final Object lock = new Object();
    private final Standing scheduler = new Standing();
    private final Waiters waiters = new Waiters(lock, scheduler);
    private boolean changed;

    /** Its clock stands: whoever spins, spins until there is something to see. */
    private static final class Standing implements Scheduler {
        int parked;

        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public long spinNanos() {
            return 1;
        }

        @Override
        public void park(long nanos) {
            parked = 1;
        }

        @Override
        public void unpark(Thread thread) {
            // Nobody is parked.
        }

        @Override
        public Thread start(String name, Runnable body) {
            throw new UnsupportedOperationException(name);
        }
    }

    @Actor
    public void publisher() {
        synchronized (lock) {
            changed = true;
            waiters.wake();
        }
    }

    @Actor
    public void waiter(II_Result seen) {
        seen.r1 = waiters.await(() -> changed, Deadline.NONE) ? 1 : 0;
        seen.r2 = scheduler.parked;
    }
}
