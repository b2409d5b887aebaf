package org.dmaengine.engine.uring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Either the worker that is about to sleep sees the channel, or whoever put it in wakes it. */
@JCStressTest
@Description("Wake-up of io_uring: no worker sleeps while a channel lies in its inbox (C1)")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the worker sees the channel and stays awake")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the worker sleeps and is woken")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "it stays awake, and is woken all the same")
@Outcome(id = "0, 1", expect = FORBIDDEN, desc = "the worker sleeps and nobody wakes it")
@State
public class InboxSleepEdge {
    private final Inbox inbox = new Inbox();

    @SuppressWarnings("NullAway") // It is only put in.
    private final UringChannel channel = new UringChannel(null, null, null, null);

    @Actor
    public void client(II_Result seen) {
        seen.r1 = inbox.put(channel) ? 1 : 0;
    }

    @Actor
    public void worker(II_Result seen) {
        seen.r2 = inbox.fallAsleep() ? 1 : 0;
    }
}
