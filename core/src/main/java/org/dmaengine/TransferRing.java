package org.dmaengine;

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
 * in the volatile cursors: a node is filled before tail moves over it, and let go before head does.
 */
final class TransferRing {
    private static final int LENGTH_FIRST = 16;
    private static final TransferNode[] NO_NODES = new TransferNode[0];

    private final int lengthMax;

    // Replaced under both locks. A node stays in its slot and is armed again in the next round.
    private TransferNode[] slots = NO_NODES;

    // Volatile: written under the lock, read by submitters and by state().
    private volatile long head = 1;
    // Guarded by the lock.
    private long settled = 1;
    private long toStart = 1;
    // Volatile: written under the submit lock, read under the lock.
    private volatile long issued = 1;
    private volatile long tail = 1;

    TransferRing(int depthMax) {
        int power = Integer.highestOneBit(depthMax);
        lengthMax = power == depthMax ? depthMax : power << 1;
    }

    // For submitters.

    boolean isFull() {
        return tail - head == lengthMax;
    }

    /** The slots are all in use, and there may be more: {@link #grow} comes first. */
    boolean needsToGrow() {
        return tail - head == slots.length;
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
        tail = cookie + 1;
        return cookie;
    }

    void issueAll() {
        issued = tail;
    }

    // For everybody else.

    /** The oldest cookie that is still here: all before it are over. Any thread may call. */
    long head() {
        return head;
    }

    /** The oldest cookie that is not settled. */
    long settled() {
        return settled;
    }

    long toStart() {
        return toStart;
    }

    long issued() {
        return issued;
    }

    /** The cookie that the next submit will give. */
    long tail() {
        return tail;
    }

    /** The transfer with a cookie in [head, tail). */
    TransferNode at(long cookie) {
        TransferNode node = slots[(int) cookie & (slots.length - 1)];
        assert node.cookie == cookie : "slot of " + cookie + " holds " + node;
        return node;
    }

    boolean contains(long cookie) {
        return cookie >= head && cookie < tail;
    }

    boolean hasToStart() {
        return toStart < issued;
    }

    TransferNode takeToStart() {
        return at(toStart++);
    }

    /** Under both locks: all that was not started was ended, so that nothing waits any more. */
    void skipToTail() {
        toStart = tail;
        issued = tail;
    }

    /** Moves the cursors over what is over, and lets go of it. */
    void retire() {
        while (settled < toStart && at(settled).isSettled()) {
            settled++;
        }
        long cookie = head;
        while (cookie < settled && at(cookie).acknowledged) {
            at(cookie).free();
            cookie++;
        }
        // Only if it moved: submitters and status pollers read it.
        if (cookie != head) {
            head = cookie;
        }
    }
}
