package org.dmaengine.engine.uring;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
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
 * or had succeeded, is told by its own entry (E2, E6).
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

    // Notes, written by any thread before the channel is put into the inbox, which publishes them.
    private volatile boolean held;
    private volatile boolean pauseToReport;
    private volatile boolean abortNoted;

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
    private @Nullable Request inKernel;
    private int inKernelCount;
    private boolean runsAlone;

    UringChannel(ChannelQueue queue, Worker worker, @Nullable CallerRing callers) {
        this.callers = callers;
        this.queue = queue;
        this.worker = worker;
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
        if (ring == null || held || !OWNER.compareAndSet(this, Owner.NOBODY, Owner.CALLER)) {
            if (!Thread.currentThread().equals(caller)) {
                worker.ring(this);
            }
            // Else it rang from inside its own turn below, which goes on until nothing is left.
            return;
        }
        caller = Thread.currentThread();
        boolean over = serve(ring);
        caller = null;
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
        return mine.isWorthwhile() && mine.serve(this, ring);
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
        held = false;
        pauseToReport = false;
        long ticket = awaited;
        // Newer work is not handed out before the abort was told: it is one of those to stop.
        if (ticket != 0 && AWAITED.compareAndSet(this, ticket, 0L)) {
            queue.end(ticket, Outcome.ABORTED, awaitedMovedBytes);
        }
        abortNoted = true;
        worker.ring(this);
    }

    /** The worker answers; in a callback on its own thread it is asked at once. */
    @Override
    public boolean pause() {
        held = true;
        if (Thread.currentThread().equals(caller)) {
            // In a callback of a transfer that it has moved itself, and nothing else is moving.
            return true;
        }
        if (worker.isCurrent()) {
            pauseToReport = inKernelCount > 0;
            worker.touch(this);
            return !pauseToReport;
        }
        pauseToReport = true;
        worker.ring(this);
        return false;
    }

    @Override
    public void resume() {
        held = false;
        pauseToReport = false;
        worker.ring(this);
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
        if (callers != null && inKernelCount == 0 && waiting.isEmpty()) {
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
        for (Request each = inKernel; each != null; each = each.next) {
            if (!each.cancelled && (isOver(each) || each.transfer().stopRequested())) {
                worker.cancel(each);
            }
        }
    }

    /** Whether it was stopped while it was looked at; then its transfer is not ours any more. */
    boolean isOver(Request request) {
        return request.phase == Request.Phase.POLLING && awaited != request.ticket();
    }

    /** What might wait for ever is taken back; a file's piece is over soon. */
    private void pauseNow() {
        for (Request each = inKernel; each != null; each = each.next) {
            if (!each.isIndependent() && !each.cancelled) {
                worker.cancel(each);
            }
        }
        if (inKernelCount == 0 && pauseToReport) {
            pauseToReport = false;
            queue.paused();
        }
    }

    /** The first of those that wait, if it may enter the kernel now; ends those that may not. */
    private @Nullable Request nextToRun() {
        while (true) {
            Request first = waiting.peekFirst();
            if (first == null) {
                if (held || runsAlone || inKernelCount >= worker.depth() || !take()) {
                    return null;
                }
            } else if (first.transfer().stopRequested()) {
                waiting.removeFirst();
                end(first, Outcome.ABORTED);
            } else {
                return mayRun(first) ? first : null;
            }
        }
    }

    private boolean mayRun(Request request) {
        if (held || runsAlone || inKernelCount >= worker.depth()) {
            return false;
        }
        if (inKernelCount > 0 && !request.isIndependent()) {
            return false;
        }
        if (request.notBeforeNanos != Long.MIN_VALUE && !worker.isTimeFor(request)) {
            return false;
        }
        if (request.isCyclic() && !request.periodBegun) {
            if (!request.transfer().mayStartPeriod()) {
                // Rung again when it may.
                return false;
            }
            request.periodBegun = true;
        }
        return worker.hasRoomFor(this, request);
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
        Request request = worker.requests().take(this, transfer);
        // First: these bytes are moved, whatever becomes of the rest (C5).
        request.advance(movedBytes);
        try {
            Channel endpoint = endpointOf(transfer.operation());
            if (endpoint != null) {
                request.file(worker.acquire(endpoint, !request.isEmpty()));
            }
            waiting.addLast(request);
        } catch (ErrnoException refused) {
            fail(request, refused.errno(), String.valueOf(refused.getMessage()));
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
        } catch (IOException | IllegalStateException | IllegalArgumentException refused) {
            fail(request, Handshake.error(refused, request.verb()));
            return false;
        }
    }

    private void enterKernel(Request request) {
        worker.submit(request);
        request.next = inKernel;
        if (inKernel != null) {
            inKernel.previous = request;
        }
        inKernel = request;
        inKernelCount++;
        runsAlone = !request.isIndependent();
        if (request.phase == Request.Phase.POLLING) {
            // Who ends it does not pass those that ended before it.
            worker.tellEnds();
            awaitedMovedBytes = request.movedBytes();
            awaited = request.ticket();
        }
    }

    private void leaveKernel(Request request) {
        Request before = request.previous;
        Request behind = request.next;
        if (before == null) {
            inKernel = behind;
        } else {
            before.next = behind;
        }
        if (behind != null) {
            behind.previous = before;
        }
        request.previous = null;
        request.next = null;
        inKernelCount--;
        runsAlone = false;
    }

    // ---- Completions, on the worker's thread

    /** The kernel's own entry for a request: its piece is over, whatever was asked of it. */
    void completed(Request request, int result) {
        boolean polled = request.phase == Request.Phase.POLLING;
        request.phase = Request.Phase.WAITING;
        leaveKernel(request);
        worker.touch(this);
        if (polled && !AWAITED.compareAndSet(this, request.ticket(), 0L)) {
            worker.giveBack(request);
        } else if (result < 0) {
            refused(request, -result, polled);
        } else if (!polled) {
            moved(request, result);
        } else if (request.isHandshake() && !request.transfer().stopRequested()) {
            finishHandshake(request);
        } else {
            request.ready = true;
            waiting.addFirst(request);
        }
    }

    private void finishHandshake(Request request) {
        try {
            if (Handshake.finish((Operation.PeripheralCommand) request.transfer().operation())) {
                worker.complete(request);
            } else {
                waiting.addFirst(request);
            }
        } catch (IOException | IllegalStateException | IllegalArgumentException refused) {
            fail(request, Handshake.error(refused, request.verb()));
        }
    }

    private void moved(Request request, int bytes) {
        request.retries = 0;
        request.learn(bytes);
        if (request.isMessage()) {
            movedMessage(request, bytes);
            return;
        }
        if (bytes == 0 && !request.isEmpty()) {
            movedNothing(request);
            return;
        }
        request.advance(bytes);
        if (request.isWhole()) {
            worker.complete(request);
            return;
        }
        request.transfer().progress(request.movedBytes());
        if (request.isAtPeriod()) {
            request.periodBegun = false;
            request.transfer().periodElapsed();
        }
        waiting.addFirst(request);
    }

    /** A message is never continued: what it had is all there is. */
    private void movedMessage(Request request, int bytes) {
        long lengthBytes = request.lengthBytes();
        request.advance(Math.min(bytes, lengthBytes));
        if (bytes > lengthBytes) {
            fail(
                    request,
                    Errno.EMSGSIZE,
                    "EMSGSIZE (%d), a datagram of %d bytes came into buffers of %d, and the rest of"
                                    .formatted(Errno.EMSGSIZE, bytes, lengthBytes)
                            + " it is lost; give larger ones");
        } else if (request.isWhole()) {
            worker.complete(request);
        } else if (request.isReading()) {
            end(request, Outcome.COMPLETE);
        } else {
            fail(
                    request,
                    0,
                    "only %d of %d bytes of a message were taken".formatted(bytes, lengthBytes));
        }
    }

    private void movedNothing(Request request) {
        if (!request.isReading()) {
            fail(request, 0, "the kernel wrote 0 bytes, and would do so again");
        } else if (request.isCyclic()) {
            // A ring has no end that could be reached in good order.
            fail(request, 0, "the source ended during a cyclic transfer");
        } else {
            end(request, Outcome.COMPLETE);
        }
    }

    private void refused(Request request, int errno, boolean polled) {
        switch (Refusal.of(errno)) {
            // Stopped: it ends before its next piece. Paused: it waits. Otherwise it goes on.
            case GIVEN_BACK -> waiting.addFirst(request);
            case NOT_READY -> {
                // What has no file has nothing that could become ready.
                if (polled || !request.hasFile() || request.file().isPositional()) {
                    later(request);
                } else {
                    request.file().leaves(request.isReading(), true);
                    waiting.addFirst(request);
                }
            }
            case CONDITION_REFUSED -> {
                if (worker.isPolled(request)) {
                    withoutPolling(request);
                } else if (!polled && request.hasFile() && request.file().answersAtOnce()) {
                    request.file().refusesCondition();
                    waiting.addFirst(request);
                } else {
                    fail(request, errno);
                }
            }
            case SHORT_OF_MEMORY -> {
                if (request.retries++ < Refusal.RETRIES_MAX) {
                    later(request);
                } else {
                    fail(request, errno);
                }
            }
            case FINAL -> fail(request, errno);
        }
    }

    private void withoutPolling(Request request) {
        try {
            worker.withoutPolling(request);
            waiting.addFirst(request);
        } catch (ErrnoException refused) {
            fail(request, refused.errno(), String.valueOf(refused.getMessage()));
        }
    }

    private void later(Request request) {
        worker.later(request);
        waiting.addFirst(request);
    }

    private void fail(Request request, int errno) {
        fail(request, errno, Errno.describe(errno, request.verb()));
    }

    private void fail(Request request, int errno, String message) {
        fail(request, TransferError.of(errno, message));
    }

    private void fail(Request request, TransferError error) {
        worker.end(
                request, request.isReading() ? Outcome.READ_FAILED : Outcome.WRITE_FAILED, error);
    }

    private void end(Request request, Outcome outcome) {
        worker.end(request, outcome, null);
    }

    @Override
    public String toString() {
        return "UringChannel[" + queue.name() + "]";
    }
}
