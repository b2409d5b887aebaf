package org.dmaengine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The transfers of a channel, by cookie: a ring that grows up to its bound (P10). Where a transfer
 * stands between the cursors is its place in the kernel's lists.
 *
 * <pre>
 *   head &lt;= settled &lt;= toStart &lt;= issued &lt;= tail
 *   [head, settled)    over, but one among them was not acknowledged
 *   [settled, toStart) taken by the engine, or ended with a callback to run  (desc_issued, completed)
 *   [toStart, issued)  issued, waiting for the engine                        (desc_issued)
 *   [issued, tail)     submitted, not issued                                 (desc_submitted)
 * </pre>
 *
 * <p>Submitters work at one end, under the channel's submit lock: {@code tail}, {@code issued} and
 * the nodes from tail on. All the rest is at the other end, under the channel's lock. The two meet
 * in the cursors: a node is filled before tail moves over it (release, acquire), and let go before
 * head does. A volatile store would cost a fence for each callback while a submitter looks for
 * room.
 */
final class TransferRing {
    private static final VarHandle HEAD;
    private static final VarHandle ISSUED;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(TransferRing.class, "head", long.class);
            ISSUED = lookup.findVarHandle(TransferRing.class, "issued", long.class);
            TAIL = lookup.findVarHandle(TransferRing.class, "tail", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private static final int LENGTH_FIRST = 16;

    // Slots are given back in batches: each time costs the submitter's core a cache line, some 100
    // ns.
    // The ring has that much more room, so that no client sees it full early.
    private static final int RELEASE_BATCH = 16;
    private static final int DEPTH_OF_BATCHES = 64;
    private static final TransferNode[] NO_NODES = new TransferNode[0];

    // So many may be here at once; the slots are the next power of two.
    private final int limit;
    private final int lengthMax;
    private final int releaseBatch;

    // Replaced under both locks. A node stays in its slot and is armed again in the next round.
    private TransferNode[] slots = NO_NODES;

    // Written under the lock, with release; read by submitters and by state(), with acquire.
    private long head = 1;
    // Guarded by the lock.
    private long settled = 1;
    // All before it are over and acknowledged; their slots are given back with the next batch.
    private long over = 1;
    private long toStart = 1;

    // Written under the submit lock, with release; read under the lock, with acquire.
    @SuppressWarnings("UnusedVariable") // Read through ISSUED.
    private long issued = 1;

    private long tail = 1;

    TransferRing(int depthMax) {
        releaseBatch = depthMax < DEPTH_OF_BATCHES ? 1 : RELEASE_BATCH;
        limit = depthMax + releaseBatch - 1;
        int power = Integer.highestOneBit(limit);
        lengthMax = power == limit ? power : power << 1;
    }

    // For submitters.

    boolean isFull() {
        return tail - headAcquire() >= limit;
    }

    /** The slots are all in use, and there may be more: {@link #grow} comes first. */
    boolean needsToGrow() {
        return tail - headAcquire() == slots.length;
    }

    /** Under both locks. */
    void grow(VirtualChannel channel) {
        int length = slots.length == 0 ? Math.min(LENGTH_FIRST, lengthMax) : slots.length * 2;
        TransferNode[] longer = Arrays.copyOf(NO_NODES, length);
        for (long cookie = head; cookie < tail; cookie++) {
            longer[(int) cookie & (length - 1)] = at(cookie);
        }
        for (int slot = 0; slot < length; slot++) {
            if (longer[slot] == null) {
                longer[slot] = new TransferNode(channel);
            }
        }
        slots = longer;
    }

    /** The node that the next cookie will have; to be armed, and then given to {@link #add}. */
    TransferNode free() {
        TransferNode node = slots[(int) tail & (slots.length - 1)];
        assert node.state == TransferNode.State.FREE : "slot of " + tail + " holds " + node;
        return node;
    }

    /** Submits what {@link #free} gave, and returns its cookie. */
    long add(TransferNode node) {
        long cookie = tail;
        node.cookie = cookie;
        node.state = TransferNode.State.SUBMITTED;
        TAIL.setRelease(this, cookie + 1);
        return cookie;
    }

    void issueAll() {
        ISSUED.setRelease(this, tail);
    }

    // For everybody else.

    /** The oldest cookie that is still here: all before it are over. Any thread may call. */
    long headAcquire() {
        return (long) HEAD.getAcquire(this);
    }

    /** The oldest cookie that is not settled. */
    long settled() {
        return settled;
    }

    long toStart() {
        return toStart;
    }

    long issuedAcquire() {
        return (long) ISSUED.getAcquire(this);
    }

    /** The cookie that the next submit will give. */
    long tailAcquire() {
        return (long) TAIL.getAcquire(this);
    }

    /** The transfer with a cookie in [head, tail). */
    TransferNode at(long cookie) {
        TransferNode node = slots[(int) cookie & (slots.length - 1)];
        assert node.cookie == cookie : "slot of " + cookie + " holds " + node;
        return node;
    }

    boolean contains(long cookie) {
        return cookie >= head && cookie < tailAcquire();
    }

    boolean hasToStart() {
        return toStart < issuedAcquire();
    }

    TransferNode takeToStart() {
        return at(toStart++);
    }

    /** Under both locks: all that was not started was ended, so that nothing waits any more. */
    void skipToTail() {
        toStart = tail;
        issueAll();
    }

    /** Moves the cursors over what is over, and lets go of it. */
    void retire() {
        while (settled < toStart && at(settled).isSettled()) {
            settled++;
        }
        while (over < settled && at(over).acknowledged) {
            over++;
        }
        if (over - head >= releaseBatch || over == toStart) {
            release();
        }
    }

    private void release() {
        for (long cookie = head; cookie < over; cookie++) {
            at(cookie).free();
        }
        // Only if it moved: submitters and status pollers read it.
        if (over != head) {
            HEAD.setRelease(this, over);
        }
    }
}
