package org.dmaengine;

import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;

/**
 * One channel of the {@link ManualEngine}. By itself it takes nothing, ends nothing and proves
 * everything; each of its answers can be replaced.
 */
final class ManualBackend implements ChannelBackend {
    private final ChannelQueue queue;
    private final Runnable onClose;

    // What was taken and has not ended, by ticket.
    private final Map<Long, IssuedTransfer> held = new ConcurrentSkipListMap<>();

    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger aborts = new AtomicInteger();
    final AtomicInteger synchronizes = new AtomicInteger();
    final AtomicInteger pauses = new AtomicInteger();
    final AtomicInteger resumes = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();

    volatile Runnable onStart = () -> {};
    volatile Runnable onAbort = () -> {};
    volatile Runnable onResume = () -> {};
    volatile BooleanSupplier onPause = () -> true;
    volatile LongPredicate onSynchronize = deadlineNanos -> true;

    ManualBackend(ChannelQueue queue, Runnable onClose) {
        this.queue = queue;
        this.onClose = onClose;
    }

    ChannelQueue queue() {
        return queue;
    }

    /** Takes all there is; gives the tickets. */
    List<Long> take() {
        return take(Integer.MAX_VALUE);
    }

    /** Takes at most so many, as an engine does that is nearly full. */
    List<Long> take(int countMax) {
        List<Long> tickets = new ArrayList<>();
        while (tickets.size() < countMax) {
            IssuedTransfer next = queue.next();
            if (next == null) {
                break;
            }
            tickets.add(next.ticket());
            held.put(next.ticket(), next);
        }
        return tickets;
    }

    List<Long> held() {
        return List.copyOf(held.keySet());
    }

    IssuedTransfer issued(long ticket) {
        return held.get(ticket);
    }

    void complete(long... tickets) {
        for (long ticket : tickets) {
            IssuedTransfer transfer = held.remove(ticket);
            queue.end(ticket, Outcome.COMPLETE, transfer == null ? 1 : transfer.lengthBytes());
        }
    }

    /** By one report. */
    void completeTogether(long... tickets) {
        for (long ticket : tickets) {
            held.remove(ticket);
        }
        queue.complete(tickets, tickets.length);
    }

    void completeAll() {
        held().forEach(this::complete);
    }

    void abortOne(long ticket, long bytes) {
        held.remove(ticket);
        queue.end(ticket, Outcome.ABORTED, bytes);
    }

    void abortAll() {
        held().forEach(ticket -> abortOne(ticket, 0));
    }

    void fail(long ticket, Outcome outcome, long bytes, TransferError error) {
        held.remove(ticket);
        queue.end(ticket, outcome, bytes, error);
    }

    @Override
    public void prepare(Operation operation) {}

    @Override
    public void start() {
        starts.incrementAndGet();
        onStart.run();
    }

    @Override
    public void abort() {
        aborts.incrementAndGet();
        onAbort.run();
    }

    @Override
    public boolean synchronize(long deadlineNanos) {
        synchronizes.incrementAndGet();
        return onSynchronize.test(deadlineNanos);
    }

    @Override
    public boolean pause() {
        pauses.incrementAndGet();
        return onPause.getAsBoolean();
    }

    @Override
    public void resume() {
        resumes.incrementAndGet();
        onResume.run();
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        onClose.run();
    }
}
