package org.dmaengine.engine.uring;

import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;

import java.util.Arrays;

/**
 * What a thread that rang has in hand of one channel: a batch to try, and what is left for the
 * worker. Of whoever owns the channel.
 */
final class Attempt {
    /** By one system call: the most transfers of one doorbell (P2). */
    static final int BATCH = 128;

    /** After one that had to wait: so many doorbells go to the worker at once. */
    private static final int DOORBELLS_SKIPPED = 32;

    final IssuedTransfer[] transfers = new IssuedTransfer[BATCH];
    final int[] results = new int[BATCH];
    int count;

    // What the worker goes on with, and how far it is.
    final IssuedTransfer[] left = new IssuedTransfer[BATCH];
    final int[] leftBytes = new int[BATCH];
    int leftCount;

    private final long[] tickets = new long[BATCH];
    private int skip;

    /** Whether it is worth a try this time. */
    boolean isWorthwhile() {
        if (skip == 0) {
            return true;
        }
        skip--;
        return false;
    }

    /**
     * Moves what can be moved without waiting.
     *
     * @return true if nothing is left, neither in hand nor in the queue
     */
    boolean serve(UringChannel channel, CallerRing ring) {
        ChannelQueue queue = channel.queue();
        int served = 0;
        do {
            count = queue.next(transfers);
            if (count == 0) {
                return true;
            }
            // No length, also not that of what moves no bytes: where nobody tries it, it is left.
            Arrays.fill(results, 0, count, CallerRing.NOT_TRIED);
            try {
                ring.attempt(this);
            } finally {
                // Whatever that throws: what was heard is over, and what was not tried is left.
                tell(queue);
            }
            if (leftCount > 0) {
                skip = DOORBELLS_SKIPPED;
                return false;
            }
            served += count;
        } while (served < BATCH && !channel.isHeld());
        return !queue.mayHaveNext();
    }

    private void tell(ChannelQueue queue) {
        int whole = sort();
        if (whole > 0) {
            // The client's callbacks may run in this call, and ring again.
            queue.complete(tickets, whole);
        }
    }

    private int sort() {
        int whole = 0;
        for (int i = 0; i < count; i++) {
            IssuedTransfer transfer = transfers[i];
            if (results[i] == transfer.lengthBytes()) {
                tickets[whole++] = transfer.ticket();
            } else if (results[i] != CallerRing.IN_KERNEL) {
                left[leftCount] = transfer;
                leftBytes[leftCount++] = Math.max(0, results[i]);
            }
        }
        return whole;
    }
}
