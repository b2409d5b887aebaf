package org.dmaengine.engine.cpu;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.VarHandle;

/**
 * One channel: who may touch it. What its owner does is in {@link MovingChannel}.
 *
 * <h2>Ownership</h2>
 *
 * A channel is serial. At any moment at most one thread owns it, and only the owner touches its
 * hand and the memory of its transfers.
 *
 * <pre>
 *   IDLE  -> READY   start, resume: somebody rang; it is queued in its lane
 *   READY -> BUSY    a thread of the lane takes it, or abort, to end what is in hand
 *   IDLE  -> BUSY    abort of a held transfer; a stream became ready; the doorbell in mode inline,
 *                    and after I/O: who rings takes the next transfer, to queue it where it belongs
 *   BUSY  -> READY   the turn is over and there is more to do, here or in another lane
 *   BUSY  -> IDLE    nothing to do until somebody rings
 * </pre>
 *
 * Whoever rings at a BUSY channel only leaves a note, {@code rung}, and the owner looks again
 * before it leaves. So nobody ever waits for a channel, and {@link #start} may come from anywhere:
 * from other threads, and from inside the owner's own report of an end.
 *
 * <p>What abort has taken stays where it stands in the queue: whoever comes for it finds that it is
 * not READY, and passes by. If it is READY again by then, that is its place. Only a place in the
 * I/O lane, whose threads may be inside of calls that hang, is given up for work of another one.
 *
 * <p>An IDLE channel may have transfers in hand: a paused one, with a cyclic transfer that is held
 * back, or with a stream that is not ready. No thread is inside of them then.
 *
 * <h2>Stopping</h2>
 *
 * A terminated transfer says so itself ({@link IssuedTransfer#stopRequested}); the owner looks
 * before each piece, and when it queues the channel. Abort only has to make somebody look: it does
 * so itself where nobody is inside (P3, P4).
 *
 * <h2>The lock</h2>
 *
 * Guards phase, notes and lanes. No lane is called inside it, and of the core only {@link
 * ChannelQueue#paused} and {@link IssuedTransfer#stopRequested}. The first takes the core's lock,
 * which is a leaf: whoever holds it calls no engine, and so never waits for this one. The second
 * takes none.
 *
 * <h2>Pausing</h2>
 *
 * A pause that was taken back is not reported: the core would take the report for an answer to the
 * pause that came after it. So the look whether the pause still stands and the report are one step
 * under the lock, and {@link #pauseToReport} is only ever set by the pause that is asked for now:
 * the core makes its calls one after the other, and between two pauses there is always a {@link
 * #resume} or an {@link #abort}, which has cleared it before it returned. Hence of a report and
 * such a call
 *
 * <ul>
 *   <li>either the report came first: then the core had not called yet. It knows already that the
 *       pause is taken back, and so drops the report, or it does not yet, and so the report is
 *       true;
 *   <li>or the call came first: then there is nothing to report, not even where the core has noted
 *       the next pause as told and has not made that call yet. Only the call sets it again.
 * </ul>
 */
abstract class CpuChannel implements ChannelBackend {
    private static final long SYNCHRONIZE_LOOK_NANOS = 50_000;

    private enum Phase {
        IDLE,
        READY,
        BUSY
    }

    final ChannelQueue queue;
    final Lanes lanes;
    final Scheduler scheduler;
    final Hand hand;

    // Of the queue that it stands in.
    @Nullable CpuChannel readyNext;

    // Whether its last turn was brief; a hint for who takes it. Written by the owner.
    boolean brief = true;
    // The worker that owns it, if one does. Written and read by the owner.
    private @Nullable Worker worker;

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
    volatile boolean held;

    // Volatile: the owner moves memory, and looks at the queue once more after it has cleared this.
    // Written by the owner.
    volatile boolean attentive;

    CpuChannel(ChannelQueue queue, Lanes lanes, Scheduler scheduler) {
        this.queue = queue;
        this.lanes = lanes;
        this.scheduler = scheduler;
        this.hand = new Hand(queue);
        this.lane = lanes.memory;
    }

    /**
     * What its owner does for one turn, which is bounded.
     *
     * @return the lane to go on in, or null if there is nothing to do until somebody rings
     */
    abstract @Nullable Lane turn(Lane here);

    /** Ends what is current in the hand; for the owner. */
    abstract void end(Outcome outcome, @Nullable TransferError error);

    @Override
    public void prepare(Operation operation) {
        PeripheralCheck.check(operation, lanes.streams);
    }

    // ---- Doorbells, from any thread

    /**
     * With the owner looking again anyway there is nothing to do: so a doorbell on a busy channel
     * costs a fence. It stands between the client's issue and the look at {@link #attentive}; its
     * pair is in {@link MovingChannel}: either the owner sees the work, or this sees that the owner
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
        boolean afterIo = false;
        synchronized (this) {
            if (phase == Phase.BUSY) {
                rung = true;
            } else if (phase == Phase.IDLE && !held && !closed) {
                // A transfer in hand knows its lane; only a new one may be small.
                here = caller != null && hand.isEmpty();
                afterIo = !here && lane.equals(lanes.io);
                take(here || afterIo ? Phase.BUSY : Phase.READY);
                to = here || afterIo ? null : stand(lane);
            }
        }
        if (here && caller != null) {
            caller.serveOrPass(this);
        } else if (afterIo) {
            goOn();
        } else if (to != null) {
            to.ready(this);
        }
    }

    /**
     * BUSY to READY, in the lane of what is next. Where the last one ran it would wait for an I/O
     * thread, and these may all be inside of calls of others that hang (C14).
     */
    private void goOn() {
        try {
            Lane next = nextLane();
            while (next == null ? !leave() : !leaveFor(next, null)) {
                next = nextLane();
            }
        } catch (Throwable broken) {
            lose(broken);
        }
    }

    private @Nullable Lane nextLane() {
        endStopped();
        if (held || (hand.isEmpty() && !hand.take(false))) {
            return null;
        }
        IssuedTransfer next = hand.current();
        return next == null ? lanes.memory : lanes.of(next.operation(), lanes.memory);
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
            endInHand();
        } else if (ring) {
            ring();
        }
    }

    /** By the thread that aborts, for which it is BUSY. */
    private void endInHand() {
        try {
            endStopped();
            if (leave()) {
                return;
            }
        } catch (Throwable broken) {
            lose(broken);
            return;
        }
        goOn();
    }

    private void endStopped() {
        while (hand.isStopped()) {
            end(Outcome.ABORTED, null);
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
    void serve(Lane here, @Nullable Worker by) {
        synchronized (this) {
            standsIn = null;
            if (phase != Phase.READY) {
                return;
            }
            take(Phase.BUSY);
            lane = here.onward();
        }
        serveOwned(here, by);
    }

    /** By the thread that rang, for which it is BUSY. */
    void serveRung(Lane here) {
        synchronized (this) {
            lane = here.onward();
        }
        serveOwned(here, null);
    }

    /** The stream it waits for is ready: IDLE to BUSY, if it still waits. */
    void serveIfIdle(Lane here) {
        synchronized (this) {
            if (phase != Phase.IDLE) {
                return;
            }
            take(Phase.BUSY);
        }
        serveOwned(here, null);
    }

    /** Hands it on without a turn: BUSY to READY. */
    void pass(Lane to) {
        leavePlaceInIo(to);
        Lane in = becomeReady(to);
        if (in != null) {
            in.ready(this);
        }
    }

    private @Nullable Lane becomeReady(Lane to) {
        synchronized (this) {
            // Whoever takes it next sees that it is held; but that one may be long in coming.
            tellPaused();
            phase = Phase.READY;
            owner = null;
            return stand(to);
        }
    }

    /**
     * By the owner, before it hands the channel on: a place that an abort has left in the I/O lane
     * is none for other work. Where the place is gone already, a thread of that lane comes for the
     * channel at this moment.
     */
    private void leavePlaceInIo(Lane to) {
        boolean stands;
        synchronized (this) {
            stands = lanes.io.equals(standsIn) && !to.equals(lanes.io);
        }
        if (stands && lanes.io.withdraw(this)) {
            synchronized (this) {
                standsIn = null;
            }
        }
    }

    private void take(Phase next) {
        phase = next;
        rung = false;
        owner = next == Phase.BUSY ? Thread.currentThread() : null;
    }

    /** Whether the owner, who asks, is the selector's thread. */
    boolean isAtSelector() {
        synchronized (this) {
            return lane == lanes.streams;
        }
    }

    private void serveOwned(Lane here, @Nullable Worker by) {
        worker = by;
        try {
            Lane next = turn(here);
            while (next == null ? !leave() : !leaveFor(next, here)) {
                // One doorbell after the other is not to keep a worker from those who wait.
                boolean othersFirst =
                        next == null && by != null && here.movesMemory() && here.othersWait();
                next = othersFirst ? here.onward() : turn(here);
            }
        } catch (Throwable broken) {
            if (by != null) {
                by.mayTakeLong();
            }
            // Not while bytes were moved: that ends the transfer. It stays BUSY, out of reach.
            lose(broken);
        }
    }

    /** Whether the owner, who asks, is a worker of a crew, which others may wait for. */
    boolean isOnWorker() {
        return worker != null;
    }

    /** By the owner, before anything that other channels should not have to wait for. */
    void mayTakeLong() {
        Worker mine = worker;
        if (mine != null) {
            mine.mayTakeLong();
        }
    }

    /** The last touch can no longer be proved (C12). */
    void lose(Throwable cause) {
        queue.lost("its thread failed outside of a transfer: " + cause, cause);
    }

    /** BUSY to IDLE, unless somebody rang or waits for the pause. */
    private boolean leave() {
        synchronized (this) {
            boolean paused = tellPaused();
            if (!paused && !rung) {
                phase = Phase.IDLE;
                owner = null;
                return true;
            }
            rung = false;
            return false;
        }
    }

    /**
     * Under the lock, by the owner: it moves no byte. Nor does it until a resume, which waits for
     * the lock. True if somebody waited for that.
     */
    private boolean tellPaused() {
        boolean paused = held && pauseToReport;
        pauseToReport = false;
        if (paused) {
            queue.paused();
        }
        return paused;
    }

    /**
     * BUSY to READY, unless what is in hand was stopped meanwhile: an abort that has found it BUSY
     * has left that to the owner, and from here on it may be long until there is another one. Only
     * the selector ends what it has itself, and soon.
     */
    private boolean leaveFor(Lane next, @Nullable Lane here) {
        leavePlaceInIo(next);
        Lane in;
        synchronized (this) {
            if (next.endsAnywhere() && hand.isStopped()) {
                return false;
            }
            in = becomeReady(next);
        }
        if (in != null) {
            if (in.equals(here)) {
                in.requeue(this);
            } else {
                in.ready(this);
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "CpuChannel[" + queue.name() + "]";
    }
}
