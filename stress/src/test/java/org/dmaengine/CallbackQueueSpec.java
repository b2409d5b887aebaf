package org.dmaengine;

import org.dmaengine.TransferNode.Claim;
import org.jetbrains.lincheck.datastructures.Operation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The queue of callbacks under the channel's lock: ended transfers in, one claim at a time out, and
 * a termination that takes back what was not claimed.
 */
public final class CallbackQueueSpec {
    private final Object lock = new Object();
    private final CallbackQueue queue = new CallbackQueue();

    // Guarded by lock.
    private Generation generation = new Generation();
    private TransferNode claimed;
    private long ended;

    @Operation
    public void end() {
        synchronized (lock) {
            TransferNode node = new TransferNode(null);
            node.arm(
                    new Descriptor(
                            null,
                            new org.dmaengine.Operation.Interrupt(),
                            Flag.USUAL_MASK,
                            generation,
                            new MemoryOwner[0],
                            null),
                    null);
            node.cookie = ++ended;
            queue.add(node);
        }
    }

    /** The cookie whose callback may run now, or 0. */
    @Operation
    public long claim() {
        synchronized (lock) {
            if (claimed != null) {
                return 0;
            }
            claimed = queue.claimNext(Thread.currentThread());
            return claimed == null ? 0 : claimed.cookie;
        }
    }

    /** Whether the flush of an idle channel would be over now. */
    @Operation
    public boolean giveBack() {
        synchronized (lock) {
            if (claimed != null) {
                queue.returned(claimed);
                claimed = null;
            }
            return queue.over() == queue.queued();
        }
    }

    /** Closes the generation; how many callbacks it took back. */
    @Operation
    public int terminate() {
        synchronized (lock) {
            generation.closed = true;
            int revoked = 0;
            for (TransferNode node = queue.revokeNext(); node != null; node = queue.revokeNext()) {
                ChannelSpec.require(node.claim == Claim.IDLE, "revoked, and not idle");
                revoked++;
            }
            ChannelSpec.require(
                    generation.callbackClaimed == (claimed != null && !wasClosedBefore()),
                    "the generation does not know of its claim");
            generation = new Generation();
            return revoked;
        }
    }

    private boolean wasClosedBefore() {
        return claimed.generation() != generation;
    }

    /** The same, for one thread. */
    public static final class Model {
        private final Deque<Long> queue = new ArrayDeque<>();
        private long claimed;
        private long ended;

        public void end() {
            queue.add(++ended);
        }

        public long claim() {
            if (claimed != 0 || queue.isEmpty()) {
                return 0;
            }
            claimed = queue.poll();
            return claimed;
        }

        public boolean giveBack() {
            claimed = 0;
            return queue.isEmpty();
        }

        public int terminate() {
            int revoked = queue.size();
            queue.clear();
            return revoked;
        }
    }
}
