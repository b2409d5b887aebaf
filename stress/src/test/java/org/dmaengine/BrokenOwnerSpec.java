package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Validate;

/** Planted: an owner that looks for users before it leaves the open state, instead of after. */
public final class BrokenOwnerSpec {
    private final Object submitLock = new Object();

    // Guarded by submitLock.
    private int inFlight;
    private volatile boolean open = true;
    private volatile boolean freed;

    public void submit() {
        synchronized (submitLock) {
            if (open) {
                inFlight++;
            }
        }
    }

    public void close() {
        boolean used;
        synchronized (submitLock) {
            used = inFlight > 0;
        }
        if (!used) {
            open = false;
            freed = true;
        }
    }

    @Validate
    public void validate() {
        ChannelSpec.require(!freed || inFlight == 0, "freed in flight");
    }
}
