package org.dmaengine.engine.uring;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.Channel;
import java.util.ArrayDeque;

/**
 * One channel on the ring of its worker.
 *
 * <h2>Ownership</h2>
 *
 * Any thread may ring: it leaves a note and puts the channel into its worker's inbox. All else
 * happens on the worker's thread: what was taken from the queue either waits here, or is in the
 * kernel, or is over. A request in the kernel is over only by its own completion entry (P4, E1):
 *
 * <pre>
 *   WAITING -> MOVING    its next piece was written into the ring
 *   MOVING  -> WAITING   the piece came back, and there is more to move
 *   WAITING -> POLLING   the stream is first looked at, for a piece would have to wait
 *   POLLING -> WAITING   it is ready now
 *   POLLING -> over      stopped: its memory is in nobody's hands meanwhile
 *   WAITING -> over      stopped before its next piece
 *   MOVING  -> over      the last piece came back, or failed
 * </pre>
 *
 * <h2>Stopping</h2>
 *
 * {@link #abort} leaves a note. The worker then ends what waits, and asks the kernel to cancel what
 * it has. The answer to that is nobody's end: whether the request was cancelled, was too far gone,
 * or had succeeded, is told by its own entry (E2, E6). A stream that its client has closed is
 * cancelled in the same way, by {@link Turns}, and fails if that took it back.
 *
 * <p>Of a transfer that is POLLING the kernel knows no memory, and all its pieces have had their
 * entries. So who stops it ends it, and waits for nobody. Its ticket stands in {@code awaited}, and
 * whoever takes it out of there goes on with the transfer: the worker when the stream is ready, or
 * {@link #abort}. The request stays with the worker until the look itself is over.
 */
final class UringChannel implements ChannelBackend {
    private static final VarHandle OWNER;
    private static final VarHandle AWAITED;

    static {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            OWNER = lookup.findVarHandle(UringChannel.class, "owner", Owner.class);
            AWAITED = lookup.findVarHandle(UringChannel.class, "awaited", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private enum Owner {
        /** Nothing of it is anywhere but in its queue. */
        NOBODY,
        /** Something of it waits or is in the kernel, or the worker looks at it. */
        WORKER,
        /** A thread that rang moves what it can itself. */
        CALLER
    }

    private final ChannelQueue queue;
    private final Worker worker;
    private final Turns turns;

    // Notes, written by any thread before the channel is put into the inbox, which publishes them.
    private volatile boolean held;
    private volatile boolean abortNoted;

    // Guarded by this, and the report is made under it too: a pause that is taken back is reported
    // before that or not at all, and never as the answer to the next one (C13). The core has no
    // lock when it calls.
    private boolean pauseToReport;

    // The ticket of the transfer that is POLLING, or 0. Set by the worker, taken out by CAS.
    private volatile long awaited;
    // How much of it is moved. Written by the worker before `awaited`; read by who took that out.
    // The queue gives nothing newer before that one's end, so the worker does not write it then.
    private long awaitedMovedBytes;

    private volatile Owner owner = Owner.NOBODY;
    private volatile boolean rungMeanwhile;
    private volatile @Nullable Thread caller;
    private final @Nullable CallerRing callers;
    private @Nullable Attempt attempt;

    // In the worker's inbox; see Inbox.
    volatile boolean inInbox;
    @Nullable UringChannel nextInInbox;

    // The worker's.
    boolean touched;
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private final InKernel inKernel = new InKernel();

    /**
     * @param turns of the worker; for its thread alone
     */
    UringChannel(ChannelQueue queue, Worker worker, Turns turns, @Nullable CallerRing callers) {
        this.callers = callers;
        this.queue = queue;
        this.worker = worker;
        this.turns = turns;
    }

    ChannelQueue queue() {
        return queue;
    }

    @Override
    public void prepare(Operation operation) {
        worker.check(operation);
    }

    // ---- Notes, from any thread

    @Override
    public void start() {
        CallerRing ring = callers;
        if (ring == null
                || held
                || !ring.isShallow()
                || !OWNER.compareAndSet(this, Owner.NOBODY, Owner.CALLER)) {
            if (!Thread.currentThread().equals(caller)) {
                worker.ring(this);
            }
            // Else it rang from inside its own turn below, which goes on until nothing is left.
            return;
        }
        caller = Thread.currentThread();
        boolean over = false;
        try {
            over = serve(ring);
        } finally {
            // Whatever that throws: the worker goes on with what is left.
            caller = null;
            handOver(over);
        }
    }

    private void handOver(boolean over) {
        boolean toWorker = !over || leftCount() > 0;
        owner = leftCount() > 0 ? Owner.WORKER : Owner.NOBODY;
        // Behind the release: a worker that came in vain has noted it before, or finds it free.
        if (toWorker || rungMeanwhile) {
            rungMeanwhile = false;
            worker.ring(this);
        }
    }

    private boolean serve(CallerRing ring) {
        Attempt mine = attempt;
        if (mine == null) {
            mine = new Attempt();
            attempt = mine;
        }
        ring.enter();
        try {
            return mine.isWorthwhile() && mine.serve(this, ring);
        } finally {
            ring.leave();
        }
    }

    private int leftCount() {
        Attempt mine = attempt;
        return mine == null ? 0 : mine.leftCount;
    }

    boolean isHeld() {
        return held;
    }

    @Override
    public void abort() {
        goOn();
        long ticket = awaited;
        // Newer work is not handed out before the abort was told: it is one of those to stop.
        try {
            if (ticket != 0 && AWAITED.compareAndSet(this, ticket, 0L)) {
                tellAborted(ticket);
            }
        } finally {
            // Whatever that throws, the look behind it is in the kernel until it is cancelled.
            abortNoted = true;
            worker.ring(this);
        }
    }

    private void tellAborted(long ticket) {
        try {
            queue.end(ticket, Outcome.ABORTED, awaitedMovedBytes);
        } catch (RuntimeException | Error untold) {
            // The worker tells it; a second end changes nothing.
            awaited = ticket;
            throw untold;
        }
    }

    /** The worker answers; in a callback on its own thread it is asked at once. */
    @Override
    public boolean pause() {
        held = true;
        if (Thread.currentThread().equals(caller)) {
            // In a callback of a transfer that it has moved itself, and nothing else is moving.
            return true;
        }
        if (worker.isCurrent() && owner != Owner.CALLER && inKernel.isEmpty()) {
            return true;
        }
        synchronized (this) {
            pauseToReport = true;
        }
        worker.ring(this);
        return false;
    }

    @Override
    public void resume() {
        goOn();
        worker.ring(this);
    }

    /** No pause is wished any more: from here on none is reported, until the next one. */
    private void goOn() {
        synchronized (this) {
            held = false;
            pauseToReport = false;
        }
    }

    /**
     * Every end was told after the kernel's own entry for the last piece, or before the first: when
     * the ends are in, nobody touches that memory (P5).
     */
    @Override
    public boolean synchronize(long deadlineNanos) {
        return true;
    }

    @Override
    public void close() {
        worker.leave(this);
    }

    // ---- On the worker's thread

    /** Does what the notes ask for, and hands to the kernel what may run. */
    void pump() {
        if (!own()) {
            return;
        }
        takeLeft();
        if (abortNoted) {
            // Before the look: what is noted from here on is looked at again.
            abortNoted = false;
            cancelStopped();
        }
        if (held) {
            pauseNow();
        }
        for (Request request = nextToRun(); request != null; request = nextToRun()) {
            waiting.removeFirst();
            if (!request.toBegin || beginHandshake(request)) {
                enterKernel(request);
            }
        }
        if (callers != null && inKernel.isEmpty() && waiting.isEmpty()) {
            owner = Owner.NOBODY;
        }
    }

    /** Becomes the owner, or leaves a note with the caller who is. */
    private boolean own() {
        while (owner != Owner.WORKER && !OWNER.compareAndSet(this, Owner.NOBODY, Owner.WORKER)) {
            rungMeanwhile = true;
            if (owner == Owner.CALLER) {
                return false;
            }
        }
        return true;
    }

    /** Goes on with what a caller could not finish. */
    private void takeLeft() {
        Attempt from = attempt;
        if (from == null) {
            return;
        }
        for (int i = 0; i < from.leftCount; i++) {
            begin(from.left[i], from.leftBytes[i]);
        }
        from.leftCount = 0;
    }

    private void cancelStopped() {
        for (Request each = inKernel.newest(); each != null; each = each.next) {
            if (!each.cancelled && (isOver(each) || each.transfer().stopRequested())) {
                turns.cancel(each);
            }
        }
    }

    /** Whether it was stopped while it was looked at; then its transfer is not ours any more. */
    boolean isOver(Request request) {
        return request.phase == Request.Phase.POLLING && awaited != request.ticket();
    }

    /** What might wait for ever is taken back; a file's piece is over soon. */
    private void pauseNow() {
        for (Request each = inKernel.newest(); each != null; each = each.next) {
            if (!each.isIndependent() && !each.cancelled) {
                turns.cancel(each);
            }
        }
        synchronized (this) {
            if (inKernel.isEmpty() && pauseToReport) {
                pauseToReport = false;
                queue.paused();
            }
        }
    }

    /** The first of those that wait, if it may enter the kernel now; ends those that may not. */
    private @Nullable Request nextToRun() {
        while (true) {
            Request first = waiting.peekFirst();
            if (first == null) {
                if (held || !inKernel.hasRoom(turns.depth()) || !take()) {
                    return null;
                }
            } else if (first.transfer().stopRequested()) {
                waiting.removeFirst();
                turns.end(first, Outcome.ABORTED, null);
            } else {
                return mayRun(first) ? first : null;
            }
        }
    }

    private boolean mayRun(Request request) {
        if (held || !inKernel.hasRoom(turns.depth())) {
            return false;
        }
        if (!inKernel.isEmpty() && !request.isIndependent()) {
            return false;
        }
        if (request.notBeforeNanos != Long.MIN_VALUE && !turns.isTimeFor(request)) {
            return false;
        }
        if (request.isCyclic() && !request.periodBegun) {
            if (!request.transfer().mayStartPeriod()) {
                // Rung again when it may.
                return false;
            }
            request.periodBegun = true;
        }
        return turns.hasRoomFor(request);
    }

    /** Takes one from the queue, into those that wait; false if there is none. */
    private boolean take() {
        IssuedTransfer transfer = queue.next();
        if (transfer == null) {
            return false;
        }
        begin(transfer, 0);
        return true;
    }

    private void begin(IssuedTransfer transfer, long movedBytes) {
        Request request = turns.requests().take(this, transfer);
        // First: these bytes are moved, whatever becomes of the rest (C5).
        request.advance(movedBytes);
        if (movedBytes > 0) {
            transfer.progress(movedBytes);
        }
        try {
            Channel endpoint = endpointOf(transfer.operation());
            if (endpoint != null) {
                request.file(turns.rings().acquire(endpoint, !request.isEmpty()));
            }
            waiting.addLast(request);
        } catch (ErrnoException refused) {
            turns.fail(request, refused.error());
        }
    }

    private static @Nullable Channel endpointOf(Operation operation) {
        return switch (operation) {
            case Operation.PeripheralSg sg -> sg.config().peripheral().channel();
            case Operation.Cyclic cyclic -> cyclic.config().peripheral().channel();
            case Operation.PeripheralCommand command -> command.peripheral().channel();
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.Interrupt _ ->
                    null;
        };
    }

    /** False if it has failed, and is over. */
    private boolean beginHandshake(Request request) {
        request.toBegin = false;
        try {
            Handshake.begin((Operation.PeripheralCommand) request.transfer().operation());
            return true;
        } catch (IOException | RuntimeException refused) {
            turns.fail(request, Handshake.error(refused, request.verb()));
            return false;
        }
    }

    private void enterKernel(Request request) {
        turns.submit(request);
        inKernel.add(request);
        if (request.phase == Request.Phase.POLLING) {
            // Who ends it does not pass those that ended before it.
            turns.tellEnds();
            awaitedMovedBytes = request.movedBytes();
            awaited = request.ticket();
        }
    }

    // ---- Completions, on the worker's thread

    /** The kernel's own entry for a request: its piece is over, whatever was asked of it. */
    void completed(Request request, int result) {
        boolean polled = request.phase == Request.Phase.POLLING;
        request.phase = Request.Phase.WAITING;
        inKernel.remove(request);
        turns.touch(this);
        if (polled && !AWAITED.compareAndSet(this, request.ticket(), 0L)) {
            turns.giveBack(request);
        } else {
            turns.answers().heard(request, result, polled);
        }
    }

    /** It waits for its next piece, before all others. */
    void again(Request request) {
        waiting.addFirst(request);
    }

    @Override
    public String toString() {
        // Without +, as all that tells of a loss; see Worker.
        return "UringChannel[".concat(queue.name()).concat("]");
    }
}
