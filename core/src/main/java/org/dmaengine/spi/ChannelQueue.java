package org.dmaengine.spi;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.jspecify.annotations.Nullable;

/**
 * The core's side of one channel, as its engine sees it (kernel: {@code virt_dma_chan}). Any thread
 * may call; no call blocks.
 */
public interface ChannelQueue {
    /** The channel's name, for thread names and messages. */
    String name();

    /**
     * Takes the next transfer to start (kernel: {@code vchan_next_desc}). From here on the engine
     * owns its memory and owes it one {@link #end}. An engine pulls as much as it can run, and no
     * more: what stays in the queue can be withdrawn at no cost.
     *
     * @return null if there is nothing to start now; {@link ChannelBackend#start} is called when
     *     that may have changed
     */
    @Nullable IssuedTransfer next();

    /**
     * Takes several at once, as many as there are and fit.
     *
     * @return how many were put into {@code batch}, from index 0
     */
    int next(IssuedTransfer[] batch);

    /**
     * The last touch of a transfer has happened (P4). The one report an engine owes for each
     * transfer it took; a second one, or one for a ticket it does not hold, is reported as a fault
     * and changes nothing.
     *
     * @param ticket {@link IssuedTransfer#ticket}, read when the transfer was taken
     * @param outcome COMPLETE or ABORTED
     * @param bytes bytes moved; fewer than the length with COMPLETE means that the source ended
     *     early
     */
    void end(long ticket, Outcome outcome, long bytes);

    /**
     * The same for READ_FAILED and WRITE_FAILED, with what failed (P9).
     *
     * @param ticket see above
     * @param outcome READ_FAILED or WRITE_FAILED
     * @param bytes bytes moved before the failure
     * @param error what failed
     */
    void end(long ticket, Outcome outcome, long bytes, TransferError error);

    /**
     * Several transfers are complete, in full: the same as an {@link #end} for each.
     *
     * @param tickets their tickets, read when they were taken, from index 0
     * @param count how many of them
     */
    void complete(long[] tickets, int count);

    /**
     * Whether a call of {@link #next()} may be worth it: a look without any lock. If it says no,
     * then nothing that was issued is left to take, as far as this thread can know (C17); of what
     * is issued at this moment a doorbell tells. If it says yes, there may be nothing all the same.
     */
    default boolean mayHaveNext() {
        return true;
    }

    /**
     * Takes the small plain copies that are next in line, all at once: the quick way for engines
     * that move memory, where {@link #next()} would make an object of each. An engine holds one
     * such run at most.
     *
     * @return null if it holds one, or if something else is next in line: ask {@link #next()}
     */
    default @Nullable IssuedCopies nextCopies() {
        return null;
    }

    /**
     * The first few of the copies taken last are complete, in full, and the last touch of them has
     * happened (P4). Each of the others still needs its {@link #end}, by its ticket; the {@link
     * IssuedCopies} are not to be used any more.
     *
     * @param complete how many; with all of them nothing is left to end
     */
    default void endCopies(int complete) {
        throw new IllegalStateException("no copies were taken");
    }

    /**
     * As {@link #endCopies}, then {@link #nextCopies} if all were complete: in one step, so that
     * the engine's core waits once for what the other cores have to let go of.
     *
     * @return as {@link #nextCopies}; null also if not all were complete
     */
    default @Nullable IssuedCopies endCopiesAndTakeNext(int complete) {
        endCopies(complete);
        return null;
    }

    /**
     * Whether a report, or a look for work, may take longer than some microseconds on the thread
     * that makes it: the client chose where callbacks run, and so it may be there; or the queue is
     * so deep that a termination may leave very many transfers to be ended at once. Never changes.
     */
    default boolean mayTakeLong() {
        return true;
    }

    /**
     * No byte of this channel moves any more, after {@link ChannelBackend#pause} answered false.
     */
    void paused();

    /**
     * The engine can no longer prove the last touch of what it holds (C12). The channel is dead
     * from here on; a late {@link #end} is still heard, and takes the memory out of quarantine.
     *
     * @param reason one line for people
     * @param cause what happened, or null
     */
    void lost(String reason, @Nullable Throwable cause);
}
