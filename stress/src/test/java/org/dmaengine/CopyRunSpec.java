package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Operation;

import java.lang.foreign.MemorySegment;

/**
 * Plain copies in the ring between its two locks: submitters at one end, an engine that takes them
 * in runs at the other.
 */
public final class CopyRunSpec {
    private static final int DEPTH = 3;
    private static final MemoryOwner[] NO_OWNERS = new MemoryOwner[0];

    private final SubmitLock submitLock = new SubmitLock();
    private final Object lock = new Object();
    private final TransferRing ring = new TransferRing(null, DEPTH);

    /** The cookie, or 0 if the ring is full. */
    @Operation
    public long submit() {
        submitLock.lock();
        try {
            if (ring.isFull()) {
                return 0;
            }
            if (ring.needsToGrow()) {
                synchronized (lock) {
                    ring.grow();
                }
            }
            long cookie = ring.tailAcquire();
            return ring.addCopy(
                    MemorySegment.NULL,
                    cookie,
                    MemorySegment.NULL,
                    cookie,
                    cookie,
                    NO_OWNERS,
                    null);
        } finally {
            submitLock.unlock();
        }
    }

    @Operation
    public void issue() {
        submitLock.lock();
        try {
            ring.issueAll();
        } finally {
            submitLock.unlock();
        }
    }

    /** The last cookie of the run, or 0 if there is none to take, or one was taken. */
    @Operation
    public long take() {
        synchronized (lock) {
            CopyRun run = ring.run();
            if (run.isTaken() || !ring.takeRun(null)) {
                return 0;
            }
            for (int i = 0; i < run.count(); i++) {
                ChannelSpec.require(
                        run.targetOffset(i) == run.ticket(i) && run.lengthBytes(i) == run.ticket(i),
                        "taken before it was filled");
            }
            return run.end() - 1;
        }
    }

    /** Ends the run, and gives its places back; its last cookie, or 0. */
    @Operation
    public long end() {
        synchronized (lock) {
            CopyRun run = ring.run();
            if (!run.isTaken()) {
                return 0;
            }
            ChannelSpec.require(ring.isRunPlain(), "not where the cursors stand");
            long last = run.end() - 1;
            ring.retireRun();
            return last;
        }
    }

    /** All below it are over. */
    @Operation
    public long head() {
        return ring.headAcquire();
    }

    /** The same, for one thread, with a queue for each place. */
    public static final class Model extends RingModel {
        private long taken;

        public Model() {
            super(DEPTH);
        }

        public long take() {
            if (issued.isEmpty() || taken != 0) {
                return 0;
            }
            taken = issued.getLast();
            issued.clear();
            return taken;
        }

        public long end() {
            long last = taken;
            if (last != 0) {
                head = last + 1;
                taken = 0;
            }
            return last;
        }
    }
}
