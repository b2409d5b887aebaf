package org.dmaengine.engine.uring;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.jspecify.annotations.Nullable;

/**
 * The way of the ends to the core: whole transfers of one channel that come one after the other are
 * told together. Of the worker's thread alone.
 */
final class Ends {
    private static final int BATCH = 32;

    private final long[] tickets = new long[BATCH];
    private int count;
    private @Nullable ChannelQueue of;

    /** A transfer was moved in full. Told at the latest by {@link #tell}. */
    void whole(ChannelQueue queue, long ticket) {
        if (!queue.equals(of) || count == BATCH) {
            tell();
            of = queue;
        }
        tickets[count++] = ticket;
    }

    /** Any other end, told at once, behind those before it. */
    void end(
            ChannelQueue queue,
            long ticket,
            Outcome outcome,
            long bytes,
            @Nullable TransferError error) {
        tell();
        if (error == null) {
            queue.end(ticket, outcome, bytes);
        } else {
            queue.end(ticket, outcome, bytes, error);
        }
    }

    void tell() {
        ChannelQueue queue = of;
        if (queue == null) {
            return;
        }
        int telling = count;
        // Before the call: if it throws they are not told once more.
        count = 0;
        of = null;
        queue.complete(tickets, telling);
    }
}
