package org.dmaengine;

/** The lock of the submitters: one holder at a time, and everybody gets it. */
public final class SubmitLockSpec {
    private final SubmitLock lock = new SubmitLock();

    // Volatile, so that threads are switched inside the lock.
    private volatile boolean inside;

    public void enter() {
        lock.lock();
        try {
            ChannelSpec.require(!inside, "two are inside");
            inside = true;
            inside = false;
        } finally {
            lock.unlock();
        }
    }
}
