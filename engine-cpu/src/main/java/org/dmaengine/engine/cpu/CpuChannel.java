package org.dmaengine.engine.cpu;

import org.dmaengine.Direction;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectableChannel;

/**
 * One channel: who may touch it, and its turns.
 *
 * <h2>Ownership</h2>
 *
 * A channel is serial. At any moment at most one thread owns it, and only the owner touches its
 * hand and the memory of its transfers.
 *
 * <pre>
 *   IDLE  -> READY   start, resume: somebody rang; it is queued in its lane
 *   READY -> BUSY    a thread of the lane takes it, or abort, to end what is in hand
 *   IDLE  -> BUSY    abort of a held transfer; the doorbell in mode inline; a stream became ready
 *   BUSY  -> READY   the turn is over and there is more to do, here or in another lane
 *   BUSY  -> IDLE    nothing to do until somebody rings
 * </pre>
 *
 * Whoever rings at a BUSY channel only leaves a note, {@code rung}, and the owner looks again
 * before it leaves. So nobody ever waits for a channel, and {@link #start} may come from anywhere:
 * from other threads, and from inside the owner's own report of an end.
 *
 * <p>What abort has taken stays where it stands in the queue: whoever comes for it finds that it is
 * not READY, and passes by. If it is READY again by then, that is its place.
 *
 * <p>An IDLE channel may have a transfer in hand: on a paused channel, of a cyclic transfer that is
 * held back, or of a stream that is not ready. No thread is inside of it then.
 *
 * <h2>Stopping</h2>
 *
 * A terminated transfer says so itself ({@link IssuedTransfer#stopRequested}); the owner looks
 * before each piece. Abort only has to make somebody look: it does so itself where nobody is inside
 * (P3, P4).
 *
 * <h2>The lock</h2>
 *
 * Guards phase, notes and lanes. Neither the core nor a lane is called inside it.
 */
final class CpuChannel implements ChannelBackend {
    /** Bytes of small transfers that wait together for their report. */
    private static final long REPORT_BYTES = 256 << 10;

    /** Up to here a transfer is small: it is done in one go, with its neighbours. */
    private static final long SMALL_BYTES = 64 << 10;

    /** Bytes of one turn, then the next channel has the thread. */
    private static final long TURN_BYTES = 1 << 20;

    // A blocking channel that moved nothing breaks its promise; it is not asked without a break.
    private static final long NOT_READY_NANOS = 1_000_000;
    private static final long SYNCHRONIZE_LOOK_NANOS = 50_000;

    private enum Phase {
        IDLE,
        READY,
        BUSY
    }

    private final ChannelQueue queue;
    private final Lanes lanes;
    private final Scheduler scheduler;
    private final Hand hand;

    // Of the queue that it stands in.
    @Nullable CpuChannel readyNext;

    // Guarded by this.
    private Phase phase = Phase.IDLE;
    private boolean rung;
    private boolean pauseToReport;
    private boolean closed;
    private @Nullable Thread owner;
    // Where it is queued or served, or was last: the best guess for what comes next.
    private Lane lane;
    // Whose queue it stands in, READY or not; null for none.
    private @Nullable Lane standsIn;
    // Volatile: written under lock, read by the owner before each piece.
    private volatile boolean held;

    // Volatile: the owner moves memory, and looks at the queue once more after it has cleared this.
    // Written by the owner.
    private volatile boolean attentive;

    // For the owner. What it writes for each transfer is in the hand: whoever rings reads fields of
    // this object.
    private final Pace pace;
    private boolean lastWasSmall;
    private @Nullable PeripheralMove peripheral;

    CpuChannel(ChannelQueue queue, Lanes lanes, Scheduler scheduler) {
        this.queue = queue;
        this.lanes = lanes;
        this.scheduler = scheduler;
        this.hand = new Hand(queue);
        this.pace = new Pace(scheduler);
        this.lane = lanes.memory;
    }

    @Override
    public void prepare(Operation operation) {
        PeripheralCheck.check(operation, lanes.streams);
    }

    // ---- Doorbells, from any thread

    /**
     * With the owner looking again anyway there is nothing to do: so a doorbell on a busy channel
     * costs a fence. It stands between the client's issue and the look at {@link #attentive}; its
     * pair is in {@link #takeMore}: either the owner sees the work, or this sees that the owner
     * leaves.
     */
    @Override
    public void start() {
        VarHandle.fullFence();
        if (!attentive) {
            ring();
        }
    }

    private void ring() {
        CallerLane caller = lanes.caller;
        Lane to = null;
        boolean here = false;
        synchronized (this) {
            if (phase == Phase.BUSY) {
                rung = true;
            } else if (phase == Phase.IDLE && !held && !closed) {
                // A transfer in hand knows its lane; only a new one may be small.
                here = caller != null && hand.isEmpty();
                take(here ? Phase.BUSY : Phase.READY);
                to = here ? null : stand(lane);
            }
        }
        if (here && caller != null) {
            caller.serveOrPass(this);
        } else if (to != null) {
            to.ready(this);
        }
    }

    /**
     * READY from here on. Returns the lane to queue it in; null if it stands in a queue already.
     */
    private @Nullable Lane stand(Lane in) {
        Lane already = standsIn;
        lane = already == null ? in : already;
        standsIn = lane;
        return already == null ? lane : null;
    }

    /**
     * Where nobody is inside, this thread ends what is in hand; where somebody is, that one will
     * see it at the next chunk (P3).
     */
    @Override
    public void abort() {
        boolean mine;
        boolean ring;
        synchronized (this) {
            held = false;
            pauseToReport = false;
            rung |= phase == Phase.BUSY;
            boolean left = phase != Phase.BUSY && !hand.isEmpty();
            mine = left && lane.endsAnywhere();
            ring = left && !mine;
            if (mine) {
                boolean ready = phase == Phase.READY;
                take(Phase.BUSY);
                // There may be more to do than what is stopped.
                rung = ready;
            }
        }
        if (mine) {
            endStopped();
            if (!leave()) {
                pass(lanes.memory);
            }
        } else if (ring) {
            ring();
        }
    }

    private void endStopped() {
        IssuedTransfer transfer = hand.current();
        while (transfer != null && transfer.stopRequested()) {
            end(Outcome.ABORTED, null);
            transfer = hand.current();
        }
    }

    @Override
    public boolean pause() {
        synchronized (this) {
            held = true;
            // Whoever takes it from here on sees that it is held. An owner that calls this from a
            // callback is not moving bytes, and will see it too.
            pauseToReport = phase == Phase.BUSY && !Thread.currentThread().equals(owner);
            return !pauseToReport;
        }
    }

    @Override
    public void resume() {
        synchronized (this) {
            held = false;
            pauseToReport = false;
        }
        ring();
    }

    /**
     * The core has waited for the ends; here it is made certain that the thread which reported them
     * is not inside their memory (P5).
     */
    @Override
    public boolean synchronize(long deadlineNanos) {
        long upTo = hand.reported();
        while (!hand.isLeft(upTo)) {
            long left =
                    deadlineNanos == Long.MAX_VALUE
                            ? Long.MAX_VALUE
                            : deadlineNanos - scheduler.nanoTime();
            if (left <= 0) {
                return false;
            }
            scheduler.park(Math.min(left, SYNCHRONIZE_LOOK_NANOS));
        }
        return true;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
    }

    // ---- Turns, on the thread that owns the channel

    /** A thread of the lane has taken it from the queue: READY to BUSY, unless it is taken. */
    void serve(Lane here) {
        synchronized (this) {
            standsIn = null;
            if (phase != Phase.READY) {
                return;
            }
            take(Phase.BUSY);
            lane = here.onward();
        }
        serveOwned(here);
    }

    /** By the thread that rang, for which it is BUSY. */
    void serveRung(Lane here) {
        synchronized (this) {
            lane = here.onward();
        }
        serveOwned(here);
    }

    /** The stream it waits for is ready: IDLE to BUSY, if it still waits. */
    void serveIfIdle(Lane here) {
        synchronized (this) {
            if (phase != Phase.IDLE) {
                return;
            }
            take(Phase.BUSY);
        }
        serveOwned(here);
    }

    /** Hands it on without a turn: BUSY to READY. */
    void pass(Lane to) {
        Lane in = becomeReady(to);
        if (in != null) {
            in.ready(this);
        }
    }

    private @Nullable Lane becomeReady(Lane to) {
        synchronized (this) {
            phase = Phase.READY;
            owner = null;
            return stand(to);
        }
    }

    private void take(Phase next) {
        phase = next;
        rung = false;
        owner = next == Phase.BUSY ? Thread.currentThread() : null;
    }

    private void serveOwned(Lane here) {
        try {
            Lane next = turn(here);
            while (next == null && !leave()) {
                next = turn(here);
            }
            if (next != null) {
                leaveFor(next, here);
            }
        } catch (RuntimeException | Error broken) {
            // Not while bytes were moved: that ends the transfer. It stays BUSY, out of reach.
            lose(broken);
        }
    }

    /** The last touch can no longer be proved (C12). */
    void lose(Throwable cause) {
        queue.lost("its thread failed outside of a transfer: " + cause, cause);
    }

    /** BUSY to IDLE, unless somebody rang or waits for the pause. */
    private boolean leave() {
        boolean paused;
        synchronized (this) {
            paused = held && pauseToReport;
            if (!paused && !rung) {
                phase = Phase.IDLE;
                owner = null;
                return true;
            }
            rung = false;
            pauseToReport = false;
        }
        if (paused) {
            // Still BUSY, and not moving a byte: true even if it is resumed at this moment.
            queue.paused();
        }
        return false;
    }

    private void leaveFor(Lane next, Lane here) {
        Lane in = becomeReady(next);
        if (in == null) {
            return;
        }
        if (in.equals(here)) {
            in.requeue(this);
        } else {
            in.ready(this);
        }
    }

    /**
     * Moves on, piece by piece, until the turn is over.
     *
     * @return the lane to go on in, or null if there is nothing to do until somebody rings
     */
    private @Nullable Lane turn(Lane here) {
        Lane next = turnUntilOver(here);
        // What rings from here on is noted under the lock.
        attentive = false;
        return next;
    }

    private @Nullable Lane turnUntilOver(Lane here) {
        long bytesLeft = TURN_BYTES;
        int transfersLeft = here.turnTransfers();
        attentive = here.equals(lanes.memory) && hand.isEmpty();
        while (true) {
            IssuedTransfer transfer = hand.current();
            if (transfer == null) {
                IssuedCopies copies = hand.copies();
                if (copies == null) {
                    hand.report();
                    if (held || !takeMore(here)) {
                        return null;
                    }
                    copies = hand.copies();
                }
                if (copies != null) {
                    bytesLeft -= copies.totalBytes();
                    transfersLeft -= copies.count();
                    boolean over = bytesLeft <= 0 || transfersLeft <= 0;
                    if (over && !here.othersWait()) {
                        bytesLeft = TURN_BYTES;
                        transfersLeft = here.turnTransfers();
                        over = false;
                    }
                    moveCopies(copies, !over && !held);
                    if (over) {
                        return here.onward();
                    }
                }
            } else if (transfer.stopRequested()) {
                end(Outcome.ABORTED, null);
            } else if (held) {
                hand.report();
                return null;
            } else {
                Lane belongs = lanes.of(transfer.operation(), here);
                if (!belongs.equals(here)) {
                    hand.report();
                    return belongs;
                }
                if (bytesLeft <= 0 || transfersLeft <= 0) {
                    hand.report();
                    return here.onward();
                }
                long before = hand.movedBytes;
                Step step = piece(transfer, here);
                bytesLeft -= hand.movedBytes - before;
                switch (step) {
                    case MORE -> transfer.progress(hand.movedBytes);
                    case WHOLE, SOURCE_ENDED, FAILED -> transfersLeft--;
                    case HELD_BACK -> {
                        return null;
                    }
                    case NOT_READY -> {
                        return awaitPeripheral(here);
                    }
                }
            }
        }
    }

    /**
     * Takes the next transfers; where there are none, looks for a while, unless another channel
     * waits for this thread. A doorbell until then needs nobody.
     */
    private boolean takeMore(Lane here) {
        if (take(here)) {
            return true;
        }
        if (!attentive) {
            return false;
        }
        for (int looks = here.looks(); looks > 0 && !here.othersWait(); looks--) {
            if (queue.mayHaveNext()) {
                return take(here) || takeForTheLastTime(here);
            }
            Thread.onSpinWait();
        }
        return takeForTheLastTime(here);
    }

    private boolean takeForTheLastTime(Lane here) {
        // Volatile, and so before the look at the queue; its pair is in start().
        attentive = false;
        boolean took = take(here);
        attentive = took;
        return took;
    }

    private boolean take(Lane here) {
        return (here.movesMemory() && hand.takeCopies()) || hand.take(lastWasSmall);
    }

    /**
     * All that stand together are moved, then reported at once.
     *
     * @param more whether to take those that are next in line
     */
    private void moveCopies(IssuedCopies copies, boolean more) {
        int count = copies.count();
        int moved = 0;
        Throwable failed = null;
        try {
            while (moved < count && !copies.stopRequested()) {
                MemoryMove.copy(copies, moved);
                moved++;
            }
        } catch (RuntimeException | Error broken) {
            failed = broken;
        }
        if (moved == count) {
            hand.endCopies(copies, more);
        } else {
            endOneByOne(copies, moved, failed);
            hand.dropCopies(copies);
        }
    }

    /** One of them failed, or they were terminated: each gets an end of its own (P4, P9). */
    private void endOneByOne(IssuedCopies copies, int moved, @Nullable Throwable failed) {
        int next = moved;
        for (int i = 0; i < moved; i++) {
            hand.endCopy(copies, i, Outcome.COMPLETE, null);
        }
        if (failed != null) {
            hand.endCopy(copies, next++, sideOf(copies.source(moved)), failed);
        }
        while (next < copies.count()) {
            moveAlone(copies, next++);
        }
    }

    private void moveAlone(IssuedCopies copies, int index) {
        if (copies.stopRequested()) {
            hand.endCopy(copies, index, Outcome.ABORTED, null);
            return;
        }
        try {
            MemoryMove.copy(copies, index);
        } catch (RuntimeException | Error failed) {
            hand.endCopy(copies, index, sideOf(copies.source(index)), failed);
            return;
        }
        hand.endCopy(copies, index, Outcome.COMPLETE, null);
    }

    /**
     * One bounded piece. What it throws ends the transfer: this thread has just left its memory.
     */
    private Step piece(IssuedTransfer transfer, Lane here) {
        Step step;
        try {
            step = move(transfer, here);
        } catch (IOException | RuntimeException | Error failed) {
            end(sideOf(transfer.operation()), TransferError.of(failed));
            return Step.FAILED;
        }
        switch (step) {
            case WHOLE -> whole(transfer.operation(), transfer.lengthBytes());
            case SOURCE_ENDED -> end(Outcome.COMPLETE, null);
            case MORE, NOT_READY, HELD_BACK, FAILED -> {}
        }
        return step;
    }

    private Step move(IssuedTransfer transfer, Lane here) throws IOException {
        Operation operation = transfer.operation();
        if (operation instanceof Operation.PeripheralCommand command) {
            CommandMove.perform(command);
            return Step.WHOLE;
        }
        if (!isMemoryOnly(operation)) {
            return movePeripheral(transfer, here);
        }
        long total = transfer.lengthBytes();
        long chunk = pace.begin(total, hand.movedBytes);
        switch (operation) {
            case Operation.Memcpy copy ->
                    hand.movedBytes += MemoryMove.copy(copy, hand.movedBytes, chunk);
            case Operation.Memset memset ->
                    hand.movedBytes += MemoryMove.fill(memset, hand.movedBytes, chunk);
            case Operation.Interleaved(InterleavedTemplate template) ->
                    hand.movedBytes += MemoryMove.interleave(template, hand.movedBytes, chunk);
            case Operation.Interrupt _,
                    Operation.PeripheralSg _,
                    Operation.Cyclic _,
                    Operation.PeripheralCommand _ -> {}
        }
        pace.end(total, hand.movedBytes);
        return hand.movedBytes == total ? Step.WHOLE : Step.MORE;
    }

    private Step movePeripheral(IssuedTransfer transfer, Lane here) throws IOException {
        PeripheralMove move = peripheral;
        SelectableChannel stream = streamOf(transfer.operation());
        if (stream != null && here == lanes.io) {
            // From here on it belongs to the selector.
            lanes.streams.modes().makeNonBlocking(stream);
            return Step.MORE;
        }
        if (move == null) {
            move = PeripheralMove.begin(transfer, this, lanes.streams);
            peripheral = move;
        }
        try {
            return move.step();
        } finally {
            hand.movedBytes = move.movedBytes();
        }
    }

    private static @Nullable SelectableChannel streamOf(Operation operation) {
        return switch (operation) {
            case Operation.PeripheralSg sg -> streamOf(sg.config().peripheral());
            case Operation.Cyclic cyclic -> streamOf(cyclic.config().peripheral());
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    null;
        };
    }

    private static @Nullable SelectableChannel streamOf(Peripheral peripheral) {
        return peripheral instanceof Peripheral.Stream(SelectableChannel stream) ? stream : null;
    }

    /** Which side of an operation failed (P9). */
    private static Outcome sideOf(Operation operation) {
        return switch (operation) {
            case Operation.Memcpy copy -> sideOf(copy.source());
            case Operation.Interleaved(InterleavedTemplate template) -> sideOf(template.source());
            case Operation.Memset _, Operation.Interrupt _, Operation.PeripheralCommand _ ->
                    Outcome.WRITE_FAILED;
            case Operation.PeripheralSg sg -> sideOf(sg.config().direction());
            case Operation.Cyclic cyclic -> sideOf(cyclic.config().direction());
        };
    }

    private static Outcome sideOf(MemorySegment source) {
        return source.scope().isAlive() ? Outcome.WRITE_FAILED : Outcome.READ_FAILED;
    }

    private static Outcome sideOf(Direction direction) {
        return direction == Direction.DEV_TO_MEM ? Outcome.READ_FAILED : Outcome.WRITE_FAILED;
    }

    private void whole(Operation operation, long lengthBytes) {
        letPeripheralGo();
        boolean small = lengthBytes <= SMALL_BYTES && isMemoryOnly(operation);
        if (lastWasSmall != small) {
            lastWasSmall = small;
        }
        hand.currentIsWhole(lengthBytes);
        if (!small || hand.unreportedBytes() > REPORT_BYTES) {
            hand.report();
        }
    }

    private static boolean isMemoryOnly(Operation operation) {
        return !(operation instanceof Operation.PeripheralSg)
                && !(operation instanceof Operation.Cyclic)
                && !(operation instanceof Operation.PeripheralCommand);
    }

    private void end(Outcome outcome, @Nullable TransferError error) {
        IssuedTransfer transfer = hand.current();
        SelectableChannel stream = transfer == null ? null : streamOf(transfer.operation());
        if (stream != null && peripheral == null) {
            lanes.streams.notUsed(stream);
        }
        letPeripheralGo();
        hand.end(outcome, error);
    }

    private void letPeripheralGo() {
        PeripheralMove move = peripheral;
        if (move != null) {
            peripheral = null;
            move.close();
        }
    }

    /** Streams wait at the selector, without a thread; for others there is nothing to wait for. */
    private @Nullable Lane awaitPeripheral(Lane here) {
        PeripheralMove move = peripheral;
        if (here == lanes.streams && move != null) {
            move.awaitReady();
            return null;
        }
        scheduler.park(NOT_READY_NANOS);
        return here;
    }

    @Override
    public String toString() {
        return "CpuChannel[" + queue.name() + "]";
    }
}
