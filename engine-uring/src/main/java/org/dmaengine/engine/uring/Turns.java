package org.dmaengine.engine.uring;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.util.ArrayDeque;

/**
 * What a {@link Worker} does, turn by turn, on its own thread: look who rang, hand over what may
 * run with one system call for all of it, and hear what is over. Without work it looks a while,
 * then waits in the kernel, where a completion ends the wait, or a ring, through an event
 * descriptor that the ring itself reads.
 */
final class Turns implements Ring.Completions {
    /** While something is to be looked at again: retries, unanswered stops, what lies idle. */
    private static final long TICK_NANOS = 10_000_000;

    /** While streams are waited for: nobody tells that a client has closed one. */
    private static final long CLOSED_NANOS = 100_000_000;

    private final UringOptions options;
    private final Scheduler scheduler;
    private final Inbox inbox;
    private final @Nullable CallerRing toSweep;
    private final Rings rings;
    private final Requests requests;
    private final Ends ends = new Ends();
    private final Answers answers;

    // Channels to look at in this turn, and those to look at when there is room, or time.
    private final ArrayDeque<UringChannel> touched = new ArrayDeque<>();
    private final ArrayDeque<UringChannel> starved = new ArrayDeque<>();
    private final ArrayDeque<UringChannel> delayed = new ArrayDeque<>();

    // Requests with a cancel asked for, and still there.
    private int stopping;
    // Pieces of streams in the kernel, and looks at them: each may wait for ever.
    private int streaming;
    // Rings come at moments when it has nothing to do.
    private boolean rungInSleep = true;
    private long tickedNanos;
    private long lookedNanos;

    /**
     * @param toSweep whose files it looks after
     * @param ringNumber of its ring, among those of the engine
     * @param arena what all of it is allocated from; closed by whoever closes it
     * @throws UringUnavailable if it gets no ring
     */
    Turns(
            UringCalls calls,
            UringOptions options,
            Scheduler scheduler,
            Inbox inbox,
            WakeEvent wakeEvent,
            @Nullable CallerRing toSweep,
            Mappings mappings,
            int ringNumber,
            Arena arena)
            throws UringUnavailable {
        this.options = options;
        this.scheduler = scheduler;
        this.inbox = inbox;
        this.toSweep = toSweep;
        this.rings =
                new Rings(calls, options, scheduler, wakeEvent, mappings, ringNumber, arena, this);
        try {
            this.requests = new Requests(arena, options.chunkBytes());
            this.answers = new Answers(this, rings);
        } catch (RuntimeException | Error failed) {
            rings.close();
            throw failed;
        }
    }

    /** When {@link #isOver}. */
    void close() {
        rings.close();
    }

    /** Whether nobody's work is under way any more; the read that wakes may be. */
    boolean isIdle() {
        return requests.inUse() == 0 && !rings.hasCancels();
    }

    /** Whether the kernel has nothing of it. */
    boolean isOver() {
        return isIdle() && !rings.isWakeArmed();
    }

    /** Whether the kernel may still touch memory. */
    boolean hasMemoryInKernel() {
        return requests.anyInUse(request -> !request.channel().isOver(request));
    }

    /** One turn, which may be a long sleep. */
    void turn() {
        // Entries that the kernel has not taken name buffers by their places: those stay till then.
        Runnable errand = rings.hasPending() ? null : inbox.errand();
        if (errand != null) {
            errand.run();
        }
        takeInbox();
        pumpTouched();
        boolean heard = false;
        boolean polls = poll();
        boolean looks = polls || rungInSleep || !touched.isEmpty() || !inbox.isEmpty();
        if (looks) {
            rings.handOver();
            heard = reap() > 0;
        }
        // Before a sleep and not behind it: who was woken for something sees to that first.
        tick();
        if (!polls && !heard && touched.isEmpty() && !(looks && looksForWork())) {
            sleep();
            reap();
        }
    }

    /** Asks the disks, if any are to be asked; while they are, the worker does not sleep. */
    private boolean poll() {
        if (!rings.isPolling()) {
            return false;
        }
        if (rings.poll() > 0) {
            ends.tell();
            touchAll(starved);
        }
        if (rings.hasCompletions()) {
            rings.enter();
        }
        return true;
    }

    private void takeInbox() {
        UringChannel each = inbox.takeAll();
        while (each != null) {
            UringChannel next = Inbox.next(each);
            // They come newest first.
            if (!each.touched) {
                each.touched = true;
                touched.addFirst(each);
            }
            each = next;
        }
    }

    private void pumpTouched() {
        for (UringChannel each = touched.pollFirst(); each != null; each = touched.pollFirst()) {
            // Before the look: what touches it from here on is looked at again.
            each.touched = false;
            each.pump();
        }
        ends.tell();
    }

    private int reap() {
        int count = rings.reap();
        ends.tell();
        if (count > 0) {
            touchAll(starved);
        }
        return count;
    }

    private void touchAll(ArrayDeque<UringChannel> those) {
        for (UringChannel each = those.pollFirst(); each != null; each = those.pollFirst()) {
            touch(each);
        }
    }

    /**
     * Before it makes others pay for a wake-up, an idle worker looks for a while. What the kernel
     * has wakes it by itself: where nobody rings it goes to sleep with the call that submits.
     */
    private boolean looksForWork() {
        for (int i = 0; i < options.spins(); i++) {
            if (!inbox.isEmpty()) {
                return true;
            }
            if (rings.hasCompletions()) {
                rings.enter();
                return true;
            }
            Thread.onSpinWait();
        }
        rungInSleep = false;
        return false;
    }

    private void sleep() {
        rings.armWake();
        // The look whether it is closed is behind the announcement: who closes sees one of both.
        if (inbox.fallAsleep() && !(inbox.isClosed() && isIdle())) {
            // Without a place for the read that wakes nobody could wake it.
            boolean looks = !rings.isWakeArmed() || mustLook();
            long otherwise = streaming > 0 ? CLOSED_NANOS : Long.MAX_VALUE;
            rings.enterAndWait(looks ? TICK_NANOS : otherwise);
            rungInSleep = !inbox.isEmpty();
        } else {
            rings.handOver();
        }
        inbox.wakeUp();
    }

    private boolean mustLook() {
        return stopping > 0
                || !delayed.isEmpty()
                || !starved.isEmpty()
                || rings.hasIdle()
                || (toSweep != null && toSweep.wantsSweep());
    }

    private void tick() {
        boolean looks = mustLook();
        if (!looks && streaming == 0) {
            return;
        }
        long now = scheduler.nanoTime();
        if (streaming > 0 && now - lookedNanos >= CLOSED_NANOS) {
            lookedNanos = now;
            requests.forEachInUse(this::cancelIfClosed);
        }
        if (!looks || now - tickedNanos < TICK_NANOS) {
            return;
        }
        tickedNanos = now;
        touchAll(delayed);
        // The kernel may have taken what stood in their way, and nothing of it be over yet.
        touchAll(starved);
        rings.dropIdle();
        if (toSweep != null) {
            toSweep.sweep();
        }
        if (stopping > 0) {
            // A cancel may have come while the kernel had the request in its hands.
            requests.forEachInUse(this::cancelAgain);
        }
    }

    /** Its own entry ends it, whatever becomes of the cancel. */
    private void cancelIfClosed(Request request) {
        if (request.phase != Request.Phase.WAITING && !request.cancelled && request.isClosed()) {
            cancel(request);
        }
    }

    private void cancelAgain(Request request) {
        if (request.cancelled && request.phase != Request.Phase.WAITING) {
            rings.cancel(request);
        }
    }

    @Override
    public void completed(long userData, int result) {
        Request request = requests.find(userData);
        if (request == null) {
            throw new IllegalStateException(
                    "a completion for 0x%x, which is not in the kernel".formatted(userData));
        }
        stopping -= request.cancelled ? 1 : 0;
        streaming -= request.isStream() ? 1 : 0;
        request.channel().completed(request, result);
    }

    // ---- For its channels

    Requests requests() {
        return requests;
    }

    Rings rings() {
        return rings;
    }

    Answers answers() {
        return answers;
    }

    int depth() {
        return options.depth();
    }

    /** Looks at the channel once more in this turn, or in the next. */
    void touch(UringChannel channel) {
        if (!channel.touched) {
            channel.touched = true;
            touched.addLast(channel);
        }
    }

    /** Whether it may go to the kernel; if not, the channel is touched when it may. */
    boolean hasRoomFor(Request request) {
        boolean room = rings.hasRoomFor(request);
        if (!room) {
            starved.addLast(request.channel());
        }
        return room;
    }

    /** Writes its next piece, if {@link #hasRoomFor}. */
    void submit(Request request) {
        rings.submit(request);
        streaming += request.isStream() ? 1 : 0;
    }

    /** Asks the kernel to stop a request, and again in each tick while it is there. */
    void cancel(Request request) {
        request.cancelled = true;
        stopping++;
        rings.cancel(request);
    }

    /** Not before the next tick. */
    void later(Request request) {
        request.notBeforeNanos = scheduler.nanoTime() + TICK_NANOS / 2;
        delayed.addLast(request.channel());
    }

    boolean isTimeFor(Request request) {
        if (scheduler.nanoTime() < request.notBeforeNanos) {
            delayed.addLast(request.channel());
            return false;
        }
        return true;
    }

    void complete(Request request) {
        ends.whole(request.channel().queue(), request.ticket());
        giveBack(request);
    }

    void fail(Request request, TransferError error) {
        end(request, request.isReading() ? Outcome.READ_FAILED : Outcome.WRITE_FAILED, error);
    }

    void end(Request request, Outcome outcome, @Nullable TransferError error) {
        ChannelQueue queue = request.channel().queue();
        long ticket = request.ticket();
        long bytes = request.movedBytes();
        giveBack(request);
        ends.end(queue, ticket, outcome, bytes, error);
    }

    /** The ends of those that are moved: at the latest at the end of the turn. */
    void tellEnds() {
        ends.tell();
    }

    /** Its transfer is over. */
    void giveBack(Request request) {
        if (request.hasFile()) {
            request.file().release();
            request.file(null);
        }
        requests.giveBack(request);
    }
}
