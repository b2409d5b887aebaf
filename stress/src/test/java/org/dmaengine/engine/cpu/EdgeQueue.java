package org.dmaengine.engine.cpu;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The core's side of a channel, with the least that core promises: what is issued and what has
 * ended is published by a release, and by no lock that might stand in for an order of the engine.
 */
class EdgeQueue implements ChannelQueue {
    /** A run of one copy, which is never moved; its ticket is 1. */
    static final IssuedCopies ONE_COPY = new OneCopy();

    // As TransferRing.issued and TransferRing.head.
    final AtomicLong issued = new AtomicLong();
    final AtomicLong ended = new AtomicLong();

    private final @Nullable IssuedCopies next;

    private final AtomicInteger met = new AtomicInteger();

    // Of the owner; whether a look of it has found what was issued.
    boolean seen;
    private boolean looked;

    /**
     * @param next what there is to take, again and again
     */
    EdgeQueue(@Nullable IssuedCopies next) {
        this.next = next;
    }

    /** Both actors, shortly before what they race for: the rest of a turn is long beside that. */
    @SuppressWarnings("ThreadPriorityCheck") // The other one may need this processor.
    void meet() {
        met.incrementAndGet();
        for (int i = 0; met.get() < 2; i++) {
            if (i < 1000) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    @Override
    public String name() {
        return "edge";
    }

    /** Says no: only the looks behind this hint are to find work. */
    @Override
    public boolean mayHaveNext() {
        if (!looked) {
            looked = true;
            meet();
        }
        return false;
    }

    @Override
    public @Nullable IssuedCopies nextCopies() {
        seen |= issued.getAcquire() != 0;
        return next;
    }

    @Override
    public @Nullable IssuedTransfer next() {
        return null;
    }

    @Override
    public int next(IssuedTransfer[] batch) {
        return 0;
    }

    @Override
    public void endCopies(int complete) {
        ended.setRelease(complete);
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes) {
        throw new UnsupportedOperationException(outcome.toString());
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
        throw new UnsupportedOperationException(error.toString());
    }

    @Override
    public void complete(long[] tickets, int count) {
        throw new UnsupportedOperationException("complete " + count);
    }

    @Override
    public void paused() {
        throw new UnsupportedOperationException("paused");
    }

    @Override
    public void lost(String reason, @Nullable Throwable cause) {
        throw new IllegalStateException(reason, cause);
    }

    private static final class OneCopy implements IssuedCopies {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public long totalBytes() {
            return 0;
        }

        @Override
        public long ticket(int index) {
            return 1;
        }

        @Override
        public MemorySegment target(int index) {
            return MemorySegment.NULL;
        }

        @Override
        public long targetOffset(int index) {
            return 0;
        }

        @Override
        public MemorySegment source(int index) {
            return MemorySegment.NULL;
        }

        @Override
        public long sourceOffset(int index) {
            return 0;
        }

        @Override
        public long lengthBytes(int index) {
            return 0;
        }

        @Override
        public Operation.Memcpy operation(int index) {
            throw new UnsupportedOperationException("operation");
        }

        @Override
        public boolean stopRequested() {
            return false;
        }
    }
}
