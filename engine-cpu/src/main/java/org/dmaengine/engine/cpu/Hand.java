package org.dmaengine.engine.cpu;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The transfers that a channel has taken and not ended, oldest first. Of these, the first few may
 * be whole already and not reported: small ones are reported together, so that the core's lock is
 * taken once for many. Only the thread that owns the channel calls, except {@link #isLeft}.
 */
final class Hand {
    /** So many are taken and reported at once. */
    static final int BATCH = 32;

    private static final IssuedTransfer[] NONE = {};
    private static final VarHandle TOUCHING;
    private static final VarHandle REPORTED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            TOUCHING = lookup.findVarHandle(Hand.class, "touching", long.class);
            REPORTED = lookup.findVarHandle(Hand.class, "reported", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final ChannelQueue queue;
    // Made when they are first used: a channel that is idle, or has small copies only, needs none.
    private IssuedTransfer[] taken = NONE;
    private long[] tickets = {};
    private int count;
    private int whole;
    private long unreportedBytes;

    /** How far the current transfer is; for the owner. */
    long movedBytes;

    // Copies that stand together, instead of the above; and how many of them, from the first, were
    // ended by themselves.
    private @Nullable IssuedCopies copies;
    private int copiesEnded;

    // Written by the owner, release; read by synchronize, acquire. The oldest ticket whose memory
    // may be touched, 0 for none, and the newest that was reported. `touching` moves on before the
    // report, and synchronize looks after it has heard of the report: so it sees at least that.
    @SuppressWarnings("unused") // Through TOUCHING.
    private long touching;

    @SuppressWarnings("unused") // Through REPORTED.
    private long reported;

    Hand(ChannelQueue queue) {
        this.queue = queue;
    }

    boolean isEmpty() {
        return count == 0 && copies == null;
    }

    /** The transfer to run, or null if all that were taken are whole. */
    @Nullable IssuedTransfer current() {
        return whole < count ? taken[whole] : null;
    }

    /**
     * Takes more from the queue, into an empty hand.
     *
     * @param batch as many as there are; otherwise one, so that those behind it can be withdrawn at
     *     no cost
     */
    boolean take(boolean batch) {
        assert isEmpty() : "the hand is not empty";
        if (taken.length == 0) {
            taken = new IssuedTransfer[BATCH];
            tickets = new long[BATCH];
        }
        if (batch) {
            count = queue.next(taken);
        } else {
            IssuedTransfer one = queue.next();
            if (one != null) {
                taken[0] = one;
                count = 1;
            }
        }
        for (int i = 0; i < count; i++) {
            tickets[i] = taken[i].ticket();
        }
        touch(count > 0 ? tickets[0] : 0);
        return count > 0;
    }

    /** Takes small copies from the queue, as many as stand together, into an empty hand. */
    boolean takeCopies() {
        assert isEmpty() : "the hand is not empty";
        hold(queue.nextCopies());
        return copies != null;
    }

    private void hold(@Nullable IssuedCopies next) {
        copies = next;
        if (next != null) {
            touch(next.ticket(0));
        }
    }

    /** The copies to move, if the hand took some. */
    @Nullable IssuedCopies copies() {
        return copies;
    }

    /** The copy that would be ended next, by itself; above 0 if those before it were. */
    int copiesEnded() {
        return copiesEnded;
    }

    /** Ends the next of the copies by itself; with the last one the hand is empty. */
    void endCopy(IssuedCopies mine, Outcome outcome, @Nullable Throwable failed) {
        int index = copiesEnded;
        long ticket = mine.ticket(index);
        boolean last = index + 1 == mine.count();
        copiesEnded = last ? 0 : index + 1;
        leaveCopies(ticket, !last);
        if (failed == null) {
            queue.end(ticket, outcome, outcome == Outcome.COMPLETE ? mine.lengthBytes(index) : 0);
        } else {
            queue.end(ticket, outcome, 0, TransferError.of(failed));
        }
        if (last) {
            copies = null;
            queue.endCopies(0);
        }
    }

    /**
     * All copies are complete.
     *
     * @param more whether to take those that are next in line
     */
    void endCopies(IssuedCopies mine, boolean more) {
        int count = mine.count();
        leaveCopies(mine.ticket(count - 1), false);
        if (more) {
            hold(queue.endCopiesAndTakeNext(count));
        } else {
            copies = null;
            queue.endCopies(count);
        }
    }

    /** Whether what is to be moved or ended next is to be ended. */
    boolean isStopped() {
        IssuedTransfer transfer = current();
        if (transfer != null) {
            return transfer.stopRequested();
        }
        return copies != null && copies.stopRequested();
    }

    private void leaveCopies(long newest, boolean more) {
        touch(more ? newest + 1 : 0);
        REPORTED.setRelease(this, newest);
    }

    private void touch(long oldest) {
        TOUCHING.setRelease(this, oldest);
    }

    /** The current transfer is whole; to be told by the next {@link #report}. */
    void currentIsWhole(long lengthBytes) {
        whole++;
        unreportedBytes += lengthBytes;
        movedBytes = 0;
    }

    /** Of the transfers that are whole and not reported. */
    long unreportedBytes() {
        return unreportedBytes;
    }

    /** Reports all that are whole. */
    void report() {
        if (whole == 0) {
            return;
        }
        int reporting = whole;
        leave(reporting);
        queue.complete(tickets, reporting);
        dropReported(reporting);
    }

    /** Ends the current transfer as the first that is not whole: what went before is reported. */
    void end(Outcome outcome, @Nullable TransferError error) {
        long bytes = movedBytes;
        movedBytes = 0;
        report();
        long ticket = tickets[0];
        leave(1);
        dropReported(1);
        if (error == null) {
            queue.end(ticket, outcome, bytes);
        } else {
            queue.end(ticket, outcome, bytes, error);
        }
    }

    /** The last touch of the oldest few has happened (P4): from here on they are only reported. */
    private void leave(int oldest) {
        long newest = tickets[oldest - 1];
        touch(oldest < count ? tickets[oldest] : 0);
        REPORTED.setRelease(this, newest);
    }

    /** What stands behind the count is dead, and overwritten by the next take. */
    private void dropReported(int oldest) {
        System.arraycopy(taken, oldest, taken, 0, count - oldest);
        System.arraycopy(tickets, oldest, tickets, 0, count - oldest);
        count -= oldest;
        whole = 0;
        unreportedBytes = 0;
    }

    /** What was reported last; for {@link #isLeft}. Any thread may call. */
    long reported() {
        return (long) REPORTED.getAcquire(this);
    }

    /** Whether no thread is inside a transfer up to this ticket (P5). Any thread may call. */
    boolean isLeft(long ticket) {
        long now = (long) TOUCHING.getAcquire(this);
        return now == 0 || now > ticket;
    }
}
