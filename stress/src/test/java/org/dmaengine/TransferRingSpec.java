package org.dmaengine;

import org.dmaengine.TransferNode.State;
import org.jetbrains.lincheck.datastructures.Operation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The ring between its two locks, as {@link VirtualChannel} uses it: submitters at one end, the
 * engine at the other, and whoever asks for a state without any lock.
 */
public final class TransferRingSpec {
    private static final int DEPTH = 2;

    private final Object submitLock = new Object();
    private final Object lock = new Object();
    private final TransferRing ring = new TransferRing(null, DEPTH);

    // Guarded by lock.
    private long nextToEnd = 1;

    /** The cookie, or 0 if the ring is full. */
    @Operation
    public long submit() {
        synchronized (submitLock) {
            if (ring.isFull()) {
                return 0;
            }
            if (ring.needsToGrow()) {
                synchronized (lock) {
                    ring.grow();
                }
            }
            return ring.add(ring.free());
        }
    }

    @Operation
    public void issue() {
        synchronized (submitLock) {
            ring.issueAll();
        }
    }

    /** The cookie of the next to start, or 0. */
    @Operation
    public long take() {
        synchronized (lock) {
            if (!ring.hasToStart()) {
                return 0;
            }
            TransferNode node = ring.takeToStart();
            ChannelSpec.require(node.state == State.SUBMITTED, "taken before it was filled");
            node.state = State.STARTED;
            return node.cookie;
        }
    }

    /** Ends the oldest that was taken, and gives its place back; its cookie, or 0. */
    @Operation
    public long end() {
        synchronized (lock) {
            if (nextToEnd == ring.toStart()) {
                return 0;
            }
            TransferNode node = ring.at(nextToEnd++);
            node.state = State.ENDED;
            node.acknowledged = true;
            ring.retire();
            return node.cookie;
        }
    }

    /** All below it are over. */
    @Operation
    public long head() {
        return ring.headAcquire();
    }

    /** The same, for one thread, with a queue for each place. */
    public static final class Model extends RingModel {
        private final Deque<Long> started = new ArrayDeque<>();

        public Model() {
            super(DEPTH);
        }

        public long take() {
            if (issued.isEmpty()) {
                return 0;
            }
            started.add(issued.peek());
            return issued.poll();
        }

        public long end() {
            if (started.isEmpty()) {
                return 0;
            }
            head = started.peek() + 1;
            return started.poll();
        }
    }
}
