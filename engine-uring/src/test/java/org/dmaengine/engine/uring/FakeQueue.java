package org.dmaengine.engine.uring;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The core's side of a channel, which throws where a test says so. */
final class FakeQueue implements ChannelQueue {
    private final ChannelQueue real;

    // Written by tests, taken out by whoever calls.
    private final Queue<Throwable> inEnd = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> inComplete = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> inLost = new ConcurrentLinkedQueue<>();

    FakeQueue(ChannelQueue real) {
        this.real = real;
    }

    /** One call more of {@link #complete} throws this, and does nothing. */
    void throwInComplete(Throwable thrown) {
        inComplete.add(thrown);
    }

    /** The same of {@link #end(long, Outcome, long)}. */
    void throwInEnd(Throwable thrown) {
        inEnd.add(thrown);
    }

    /** The same of {@link #lost}. */
    void throwInLost(Throwable thrown) {
        inLost.add(thrown);
    }

    /** Checked exceptions as well, as other languages do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void throwNext(Queue<Throwable> from) throws T {
        Throwable thrown = from.poll();
        if (thrown != null) {
            throw (T) thrown;
        }
    }

    @Override
    public void complete(long[] tickets, int count) {
        FakeQueue.<RuntimeException>throwNext(inComplete);
        real.complete(tickets, count);
    }

    @Override
    public void lost(String reason, @Nullable Throwable cause) {
        FakeQueue.<RuntimeException>throwNext(inLost);
        real.lost(reason, cause);
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public @Nullable IssuedTransfer next() {
        return real.next();
    }

    @Override
    public int next(IssuedTransfer[] batch) {
        return real.next(batch);
    }

    @Override
    public boolean mayHaveNext() {
        return real.mayHaveNext();
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes) {
        FakeQueue.<RuntimeException>throwNext(inEnd);
        real.end(ticket, outcome, bytes);
    }

    @Override
    public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
        real.end(ticket, outcome, bytes, error);
    }

    @Override
    public void paused() {
        real.paused();
    }
}
