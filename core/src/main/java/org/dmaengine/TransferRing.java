package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The transfers of a channel, by cookie: a ring that grows up to its bound (P10). Where a transfer
 * stands between the cursors is its place in the kernel's lists.
 *
 * <pre>
 *   head &lt;= over &lt;= settled &lt;= toStart &lt;= issued &lt;= tail
 *   [head, over)       over; their slots are given back with the next batch
 *   [over, settled)    over, but one among them was not acknowledged
 *   [settled, toStart) taken by the engine, or ended with a callback to run  (desc_issued, completed)
 *   [toStart, issued)  issued, waiting for the engine                        (desc_issued)
 *   [issued, tail)     submitted, not issued                                 (desc_submitted)
 * </pre>
 *
 * <p>Submitters work at one end, under the channel's submit lock: {@code tail}, {@code issued} and
 * the slots from tail on. All the rest is at the other end, under the channel's lock. The two meet
 * in the cursors: a slot is filled before tail moves over it (release, acquire), and let go before
 * head does. A volatile store would cost a fence for each callback while a submitter looks for
 * room.
 *
 * <p>A slot holds a node or, for a plain copy, stands in {@link CopySlots}. A plain copy is of the
 * open generation, and it waits to start, is of the run that the engine has taken, or is complete
 * and waits for its callback: whoever needs more than that of it asks {@link #at}, which makes it a
 * node. A termination sees to it that this stays true.
 */
final class TransferRing extends EngineEnd {
    private static final int LENGTH_FIRST = 16;

    // Slots are given back in batches: each time costs the submitter's core a cache line, some 100
    // ns. The ring has that much more room, so that no client sees it full early.
    private static final int RELEASE_BATCH = 16;
    private static final int DEPTH_OF_BATCHES = 64;
    private static final int HEAD_SHIFT = 1;
    private static final long ENDED_AHEAD = 1;
    private static final TransferNode[] NO_NODES = new TransferNode[0];

    private final VirtualChannel channel;

    // So many may be here at once; the slots are the next power of two.
    private final int limit;
    private final int lengthMax;
    private final int releaseBatch;
    private final CopyRun run = new CopyRun(this);

    // Both replaced under both locks. A node stays in its slot and is armed again in the next
    // round; there is none where none was needed yet.
    private @Nullable TransferNode[] slots = NO_NODES;
    private @Nullable CopySlots copies;

    // The plain copy whose callback is claimed, or FREE. Not in its slot: there the engine looks
    // for the next round's copies, and would wait for what the runner's core has written.
    private @Nullable TransferNode called;

    // Written under the lock; read by submitters and by state(): the cookie that head is at, above
    // one bit that says whether any that head has not passed has an outcome, or was withdrawn.
    private final Cursor head = new Cursor(1 << HEAD_SHIFT);
    // Written under the submit lock; read under the lock.
    private final Cursor issued = new Cursor(1);
    private final Cursor tail = new Cursor(1);

    // Guarded by the submit lock: where head was when a submitter last looked.
    private long headSeen = 1;

    TransferRing(VirtualChannel channel, int depthMax) {
        this.channel = channel;
        releaseBatch = depthMax < DEPTH_OF_BATCHES ? 1 : RELEASE_BATCH;
        limit = depthMax + releaseBatch - 1;
        int power = Integer.highestOneBit(limit);
        lengthMax = power == limit ? power : power << 1;
    }

    // For submitters.

    /** Whether the next transfer has a place at once: neither full, nor to grow before. */
    boolean hasPlace() {
        return tail.get() - headSeen < Math.min(limit, slots.length);
    }

    boolean isFull() {
        return !hasRoom(limit);
    }

    /** The slots are all in use, and there may be more: {@link #grow} comes first. */
    boolean needsToGrow() {
        return !hasRoom(slots.length);
    }

    /** Looks at head only where it seems to be short of room: it is in the engine's cache. */
    private boolean hasRoom(int places) {
        long next = tail.get();
        if (next - headSeen >= places) {
            headSeen = headAcquire();
        }
        return next - headSeen < places;
    }

    /** Under both locks. */
    void grow() {
        int length = slots.length == 0 ? Math.min(LENGTH_FIRST, lengthMax) : slots.length * 2;
        @Nullable TransferNode[] longer = Arrays.copyOf(NO_NODES, length);
        for (long cookie = over; cookie < tail.get(); cookie++) {
            longer[(int) cookie & (length - 1)] = slots[slotOf(cookie)];
        }
        slots = longer;
        CopySlots known = copies;
        if (known != null) {
            copies = known.grow(length, over, tail.get());
        }
    }

    /** The node that the next cookie will have; to be armed, and then given to {@link #add}. */
    TransferNode free() {
        TransferNode node = nodeIn(slotOf(tail.get()));
        assert node.state == TransferNode.State.FREE : "slot of " + tail.get() + " holds " + node;
        return node;
    }

    private TransferNode nodeIn(int slot) {
        TransferNode node = slots[slot];
        if (node == null) {
            node = new TransferNode(channel);
            slots[slot] = node;
        }
        return node;
    }

    /** Submits what {@link #free} gave, and returns its cookie. */
    long add(TransferNode node) {
        long cookie = tail.get();
        node.cookie = cookie;
        node.state = TransferNode.State.SUBMITTED;
        tail.setRelease(cookie + 1);
        return cookie;
    }

    /** Submits a plain copy, and returns its cookie. */
    long addCopy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            MemoryOwner[] owners,
            @Nullable CookieCallback callback) {
        CopySlots known = copies;
        if (known == null) {
            known = new CopySlots(slots.length);
            copies = known;
        }
        long cookie = tail.get();
        known.put(
                cookie, target, targetOffset, source, sourceOffset, lengthBytes, owners, callback);
        tail.setRelease(cookie + 1);
        return cookie;
    }

    void issueAll() {
        CopySlots known = copies;
        if (known != null) {
            known.issue(issued.get(), tail.get());
        }
        issued.setRelease(tail.get());
    }

    // For everybody else.

    /** All cookies before it are over. Any thread may call. */
    long headAcquire() {
        return head.getAcquire() >> HEAD_SHIFT;
    }

    /** The oldest cookie that is still here: all before it are over. Under the lock. */
    long oldest() {
        return over;
    }

    /** The oldest cookie that is not settled. */
    long settled() {
        return settled;
    }

    long toStart() {
        return toStart;
    }

    long issuedAcquire() {
        return issued.getAcquire();
    }

    /** The cookie that the next submit will give. */
    long tailAcquire() {
        return tail.getAcquire();
    }

    /** The transfer with a cookie in [oldest, tail); a plain copy becomes a node for it. */
    TransferNode at(long cookie) {
        if (cookie >= completed && cookie < completedEnd) {
            // Callbacks run in order: those before it are queued first.
            channel.claims.queueCopies();
        }
        if (isPlainCopy(cookie)) {
            makeNode(channel.generation, cookie);
        }
        return node(cookie);
    }

    /** Makes nodes of the plain copies among these, which are all of this generation. */
    void makeNodes(Generation generation, long first, long end) {
        for (long cookie = first; cookie < end; cookie++) {
            if (isPlainCopy(cookie)) {
                makeNode(generation, cookie);
            }
        }
    }

    private boolean isPlainCopy(long cookie) {
        TransferNode node = slots[slotOf(cookie)];
        return node == null || node.cookie != cookie;
    }

    private TransferNode makeNode(Generation generation, long cookie) {
        TransferNode itsCall = called;
        if (itsCall != null && isCalled(cookie)) {
            slots[slotOf(cookie)] = itsCall;
            called = null;
            return itsCall;
        }
        TransferNode node = nodeIn(slotOf(cookie));
        assert node.state == TransferNode.State.FREE : "slot of " + cookie + " holds " + node;
        move(cookie, node, generation);
        if (cookie < completedEnd) {
            node.complete();
        } else if (run.contains(cookie)) {
            node.started = true;
            node.state = TransferNode.State.STARTED;
            run.nodeMade();
        } else {
            node.state = TransferNode.State.SUBMITTED;
        }
        return node;
    }

    private void move(long cookie, TransferNode node, Generation generation) {
        CopySlots known = copies;
        assert known != null : "no copies";
        known.moveTo(node, cookie, generation);
    }

    /** Whether a transfer that is here has an outcome. */
    boolean hasEnded(long cookie) {
        return isPlainCopy(cookie)
                ? cookie < completedEnd
                : node(cookie).state == TransferNode.State.ENDED;
    }

    /** Whether it is a plain copy that is complete: there is no more to know of it. */
    boolean isCompleteCopy(long cookie) {
        return cookie < completedEnd && isPlainCopy(cookie);
    }

    /** A node has its outcome. */
    void ended() {
        endedAhead(1);
    }

    private void endedAhead(int more) {
        if (endedAhead == 0) {
            head.setRelease(head.get() | ENDED_AHEAD);
        }
        endedAhead += more;
    }

    /** A termination took something out of the queue that has no outcome yet. */
    void someWithdrawn() {
        ended();
    }

    void noneWithdrawn() {
        endedAhead--;
        if (endedAhead == 0) {
            head.setRelease(head.get() & ~ENDED_AHEAD);
        }
    }

    /**
     * Whether anything that head has not passed may have an outcome. Any thread may call. Asked
     * before {@link #headAcquire}: without any, what is not below head then is in progress, also
     * for those who have seen an outcome before.
     */
    boolean isAnyEndedAhead() {
        return (head.getAcquire() & ENDED_AHEAD) != 0;
    }

    boolean contains(long cookie) {
        return cookie >= over && cookie < tailAcquire();
    }

    boolean hasToStart() {
        return toStart < issuedAcquire();
    }

    TransferNode takeToStart() {
        return at(toStart++);
    }

    /** The plain copies that the engine has taken, if any. */
    CopyRun run() {
        return run;
    }

    /** Takes the plain copies that are next in line. */
    boolean takeRun(Generation generation) {
        long end = issuedAcquire();
        CopySlots known = copies;
        if (known == null || toStart == end || !isPlainCopy(toStart)) {
            return false;
        }
        long first = toStart;
        long last = Math.min(end, first + CopyRun.COUNT_MAX);
        long at = first;
        long bytes = 0;
        long next = known.lengthBytes(at);
        do {
            bytes += next;
            at++;
            next = at < last && isPlainCopy(at) ? known.lengthBytes(at) : Long.MAX_VALUE;
        } while (next <= CopyRun.TOTAL_BYTES_MAX - bytes);
        toStart = at;
        run.begin(known, generation, first, at, bytes);
        return true;
    }

    /** Whether all that the run is about is where the cursors stand. */
    boolean isRunPlain() {
        CopySlots known = copies;
        return run.first() == over && known != null && !known.haveCallbacks();
    }

    /** The run is over, and nothing of it was ever in a node: only the cursors move. */
    void retireRun() {
        settled = run.end();
        over = settled;
        run.over();
        release();
        if (settled < toStart) {
            // What was taken behind it may have ended before it.
            retire();
        }
    }

    /** Whether what waits for callbacks and what is in the run are neighbours. */
    boolean isRunBehindCompleted() {
        return completed == completedEnd || completedEnd == run.first();
    }

    /** The run is over, and none of it was ever in a node: its callbacks wait. */
    void completeRun() {
        if (completed == completedEnd) {
            completed = run.first();
        }
        completedEnd = run.end();
        endedAhead(run.count());
        run.over();
    }

    /** Whether a plain copy waits for its callback; those without one are over. */
    boolean hasCallbackWaiting() {
        CopySlots known = copies;
        while (known != null && completed < completedEnd && known.callback(completed) == null) {
            completed++;
        }
        return completed < completedEnd;
    }

    /** The next plain copy that waits for its callback, as a node, or null if there is none. */
    @Nullable TransferNode nextCompleted(Generation generation) {
        return hasCallbackWaiting() ? makeNode(generation, completed++) : null;
    }

    /** The same for one that is called now, and then given to {@link #returned}. */
    @Nullable TransferNode nextCalled(Generation generation) {
        if (!hasCallbackWaiting()) {
            return null;
        }
        TransferNode node = called;
        if (node == null) {
            node = new TransferNode(channel);
            called = node;
        }
        move(completed++, node, generation);
        node.complete();
        return node;
    }

    private boolean isCalled(long cookie) {
        TransferNode node = called;
        return node != null && node.cookie == cookie && node.state != TransferNode.State.FREE;
    }

    /** A callback is over; its node may be none of this. */
    void returned(TransferNode node) {
        if (node == called) {
            node.free();
        }
    }

    /** Under both locks: all that was not started was ended, so that nothing waits any more. */
    void skipToTail() {
        toStart = tail.get();
        issueAll();
    }

    /** Moves the cursors over what is over, and lets go of it. */
    void retire() {
        while (settled < toStart && isSettled(settled)) {
            settled++;
        }
        while (over < settled && letGo(over)) {
            over++;
            endedBelowOver++;
        }
        releaseIfWorthIt();
    }

    private boolean isSettled(long cookie) {
        return isPlainCopy(cookie)
                ? cookie < completed && !isCalled(cookie)
                : node(cookie).isSettled();
    }

    /** Of a settled one; false if it is still to be acknowledged. */
    private boolean letGo(long cookie) {
        if (isPlainCopy(cookie)) {
            return true;
        }
        TransferNode node = node(cookie);
        if (!node.acknowledged) {
            return false;
        }
        node.free();
        return true;
    }

    private TransferNode node(long cookie) {
        TransferNode node = slots[slotOf(cookie)];
        assert node != null && node.cookie == cookie : "slot of " + cookie + " holds " + node;
        return node;
    }

    private void releaseIfWorthIt() {
        long before = head.get() >> HEAD_SHIFT;
        // Only if it moved: submitters and status pollers read it.
        if (over != before && (over - before >= releaseBatch || over == toStart)) {
            release();
        }
    }

    private void release() {
        endedAhead -= endedBelowOver;
        endedBelowOver = 0;
        head.setRelease(over << HEAD_SHIFT | (endedAhead == 0 ? 0 : ENDED_AHEAD));
    }

    private int slotOf(long cookie) {
        return (int) cookie & (slots.length - 1);
    }
}
