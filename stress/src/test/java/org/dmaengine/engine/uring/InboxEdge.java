package org.dmaengine.engine.uring;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Either the worker that takes a channel out of its inbox sees what was issued, or the client that
 * issued it puts the channel in again.
 */
@JCStressTest
@Description("Doorbell of io_uring: no work is left lying on a channel that nobody looks at (C1)")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the worker sees the work")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the channel is in the inbox again")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the doorbell is lost")
@State
public class InboxEdge {
    // As TransferRing.issued: by a release only.
    private final AtomicLong issued = new AtomicLong();
    private final Inbox inbox = new Inbox();
    private final UringChannel channel = rungBefore();

    @SuppressWarnings("NullAway") // It is only put in and taken out.
    private UringChannel rungBefore() {
        UringChannel rung = new UringChannel(null, null, null, null);
        inbox.put(rung);
        return rung;
    }

    @Actor
    public void client() {
        issued.setRelease(1);
        inbox.put(channel);
    }

    @Actor
    public void worker(II_Result seen) {
        UringChannel taken = inbox.takeAll();
        assert taken == channel : "it was rung before";
        Inbox.next(taken);
        seen.r1 = (int) issued.getAcquire();
    }

    @Arbiter
    public void after(II_Result seen) {
        seen.r2 = inbox.isEmpty() ? 0 : 1;
    }
}
