package org.dmaengine.testkit;

import org.dmaengine.TransferResult;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A callback that does not return before the test says so. */
final class BlockedCallback implements AutoCloseable {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch mayReturn = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    void onComplete(TransferResult result) {
        block();
    }

    void block() {
        calls.incrementAndGet();
        entered.countDown();
        boolean interrupted = false;
        while (mayReturn.getCount() > 0) {
            try {
                mayReturn.await();
            } catch (InterruptedException kept) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitRunning(TestBench bench) {
        bench.waits().eventually("the callback to run", entered);
    }

    int calls() {
        return calls.get();
    }

    /** Lets it return. */
    @Override
    public void close() {
        mayReturn.countDown();
    }
}
