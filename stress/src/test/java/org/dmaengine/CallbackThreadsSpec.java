package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Validate;

/**
 * The pool of callback threads, with room for two: every task is run once, by a thread that was
 * started or by one that was idle, also when that one was just about to end.
 */
public final class CallbackThreadsSpec {
    private final ParkingLot scheduler = new ParkingLot();
    private final CallbackThreads threads = new CallbackThreads("spec", 2, scheduler, thrown -> {});

    // Guarded by this.
    private int asked;
    private int ran;

    public void execute() {
        synchronized (this) {
            asked++;
        }
        threads.execute(this::run);
    }

    private synchronized void run() {
        ran++;
    }

    /** Is a thread of the pool: works, idles for its time, and ends. */
    public void beThread() {
        scheduler.runStarted();
    }

    public void close() {
        threads.close();
    }

    @Validate
    public void validate() {
        scheduler.runAllStarted();
        ChannelSpec.require(ran == asked, "a task was lost, or run twice");
        ChannelSpec.require(!threads.isBehind(), "a task waits for ever");
    }
}
