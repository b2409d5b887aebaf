package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Validate;

import java.util.ArrayList;
import java.util.List;

/** Planted: a ring whose tail moves before the node is filled. */
public final class BrokenRingSpec {
    private final Object submitLock = new Object();
    private final Object lock = new Object();
    private final long[] cookies = new long[4];
    private volatile long tail = 1;

    // Guarded by lock.
    private final List<Long> taken = new ArrayList<>();
    private long head = 1;

    public void submit() {
        synchronized (submitLock) {
            long cookie = tail;
            tail = cookie + 1;
            cookies[(int) cookie & 3] = cookie;
        }
    }

    public void take() {
        synchronized (lock) {
            if (head < tail) {
                taken.add(cookies[(int) head++ & 3]);
            }
        }
    }

    @Validate
    public void validate() {
        ChannelSpec.require(!taken.contains(0L), "taken before it was filled");
    }
}
