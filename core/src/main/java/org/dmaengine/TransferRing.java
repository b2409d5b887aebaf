package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The transfers of a channel, by cookie: a ring that grows up to its bound (P10). Where a transfer
 * stands between the four cursors is its place in the kernel's lists.
 *
 * <pre>
 *   head &lt;= settled &lt;= ... &lt;= toStart &lt;= issued &lt;= tail
 *   [head, settled)    over, but one among them was not acknowledged
 *   [settled, toStart) taken by the engine, or ended with a callback to run  (desc_issued, completed)
 *   [toStart, issued)  issued, waiting for the engine                        (desc_issued)
 *   [issued, tail)     submitted, not issued                                 (desc_submitted)
 * </pre>
 *
 * <p>Guarded by the channel's lock; {@code head} is volatile so that state() can look without it.
 */
final class TransferRing {
    private static final int LENGTH_FIRST = 16;
    private static final TransferNode[] NO_NODES = new TransferNode[0];

    private final int lengthMax;
    private @Nullable TransferNode[] slots = NO_NODES;
    private final List<TransferNode> spares = new ArrayList<>();

    private volatile long head = 1;
    private long settled = 1;
    private long toStart = 1;
    private long issued = 1;
    private long tail = 1;

    TransferRing(int depthMax) {
        int power = Integer.highestOneBit(depthMax);
        lengthMax = power == depthMax ? depthMax : power << 1;
    }

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

    boolean isFull() {
        return tail - head == lengthMax;
    }

    /** The transfer with a cookie in [head, tail). */
    TransferNode at(long cookie) {
        TransferNode node = slots[(int) cookie & (slots.length - 1)];
        assert node != null && node.cookie == cookie : "slot of " + cookie + " holds " + node;
        return node;
    }

    /** The transfer with any cookie, if it is here. */
    @Nullable TransferNode find(long cookie) {
        return cookie >= head && cookie < tail ? at(cookie) : null;
    }

    /** Submits; the caller has looked that it is not full. */
    long add(TransferNode node) {
        if (tail - head == slots.length) {
            grow();
        }
        node.cookie = tail;
        slots[(int) tail & (slots.length - 1)] = node;
        return tail++;
    }

    void issueAll() {
        issued = tail;
    }

    boolean hasToStart() {
        return toStart < issued;
    }

    TransferNode takeToStart() {
        return at(toStart++);
    }

    /** All that was not started was ended: nothing waits any more. */
    void skipToTail() {
        toStart = tail;
        issued = tail;
    }

    /** Moves the cursors over what is over, and lets go of it. */
    void retire() {
        while (settled < toStart && at(settled).isSettled()) {
            settled++;
        }
        long at = head;
        while (at < settled && at(at).acknowledged) {
            int slot = (int) at & (slots.length - 1);
            TransferNode node = at(at);
            slots[slot] = null;
            node.state = TransferNode.State.FREE;
            spares.add(node);
            at++;
        }
        // Only if it moved: status pollers read it.
        if (at != head) {
            head = at;
        }
    }

    /** A node used before, if there is one. */
    @Nullable TransferNode takeSpare() {
        return spares.isEmpty() ? null : spares.removeLast();
    }

    private void grow() {
        int length = slots.length == 0 ? Math.min(LENGTH_FIRST, lengthMax) : slots.length * 2;
        @Nullable TransferNode[] longer = Arrays.copyOf(NO_NODES, length);
        for (long cookie = head; cookie < tail; cookie++) {
            longer[(int) cookie & (length - 1)] = at(cookie);
        }
        slots = longer;
    }
}
