package org.dmaengine;

import java.util.concurrent.CountDownLatch;

/** A call of the channel into its engine, which does not return before it is let go. */
final class HeldCall {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);

    /** The call itself, on the thread that makes it. */
    void hold() {
        inside.countDown();
        Bench.await(leave);
    }

    /** Returns when some thread is inside. */
    void awaitInside() {
        Bench.await(inside);
    }

    void release() {
        leave.countDown();
    }
}
