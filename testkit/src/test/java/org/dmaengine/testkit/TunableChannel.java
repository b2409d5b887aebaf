package org.dmaengine.testkit;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.util.concurrent.locks.LockSupport;

/** One channel: a thread that takes a transfer, moves it chunk by chunk, and ends it. */
final class TunableChannel implements ChannelBackend {
    private static final long LATER_MILLIS = 3;

    private final TunableEngine.Opened engine;
    private final ChannelQueue queue;
    private final Defect defect;
    private final long chunkMicros;
    private final Thread worker;

    // Written by any thread, read by the worker, which is unparked after each change.
    private volatile boolean rung;
    private volatile boolean paused;
    private volatile boolean closed;
    private volatile boolean stop;
    private volatile boolean skipChunk;
    // Written by the worker.
    private volatile IssuedTransfer running;
    private volatile long runningTicket;
    private volatile boolean freedEarly;

    TunableChannel(
            TunableEngine.Opened engine, ChannelQueue queue, Defect defect, long chunkMicros) {
        this.engine = engine;
        this.queue = queue;
        this.defect = defect;
        this.chunkMicros = chunkMicros;
        this.worker =
                Thread.ofPlatform()
                        .name("dma-tunable-" + queue.name())
                        .daemon(true)
                        .start(this::work);
    }

    boolean is(Defect asked) {
        return defect == asked;
    }

    @Override
    public void prepare(Operation operation) {
        // It can do whatever the core lets through.
    }

    @Override
    public void start() {
        if (is(Defect.BLOCKS_IN_START)) {
            runAll();
            return;
        }
        rung = true;
        LockSupport.unpark(worker);
    }

    @Override
    public void abort() {
        if (is(Defect.THROWS_IN_ABORT)) {
            throw new IllegalStateException("the hardware does not answer");
        }
        paused = false;
        LockSupport.unpark(worker);
        if (is(Defect.STOPS_NEIGHBOURS)) {
            engine.stopAll();
        }
        while (is(Defect.BLOCKS_IN_ABORT) && running != null && !closed) {
            LockSupport.parkNanos(100_000);
        }
        IssuedTransfer now = running;
        if (is(Defect.FREES_EARLY) && now != null) {
            freedEarly = true;
            queue.end(runningTicket, Outcome.ABORTED, 0);
        }
    }

    void stopRunning() {
        stop = true;
        LockSupport.unpark(worker);
    }

    @Override
    public boolean synchronize(long deadlineNanos) {
        // The end is the last thing the worker does with a transfer: nothing is left to wait for.
        return !is(Defect.GIVES_UP);
    }

    @Override
    public boolean pause() {
        if (is(Defect.IGNORES_PAUSE)) {
            return true;
        }
        paused = true;
        LockSupport.unpark(worker);
        return false;
    }

    @Override
    public void resume() {
        paused = false;
        LockSupport.unpark(worker);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(worker);
        engine.remove(this);
    }

    private void work() {
        while (!closed) {
            // Also at first: what is taken in the doorbell is not for this thread.
            while (!rung && !closed) {
                LockSupport.park(this);
            }
            rung = false;
            runAll();
        }
    }

    private void runAll() {
        for (IssuedTransfer next = takeNext(); next != null; next = takeNext()) {
            if (is(Defect.SHARES_ONE_THREAD)) {
                engine.oneThread().lock();
                try {
                    run(next);
                } finally {
                    engine.oneThread().unlock();
                }
            } else if (is(Defect.ENDS_OUT_OF_ORDER)) {
                IssuedTransfer second = queue.next();
                if (second != null) {
                    run(second);
                }
                run(next);
            } else {
                run(next);
            }
        }
    }

    /** A stop counts from here: once the client can see the transfer on the engine. */
    private @Nullable IssuedTransfer takeNext() {
        stop = false;
        return queue.next();
    }

    private void run(IssuedTransfer transfer) {
        long ticket = transfer.ticket();
        runningTicket = ticket;
        freedEarly = false;
        running = transfer;
        Operation operation = transfer.operation();
        TunableMove move = new TunableMove(this, transfer);
        move.run();
        running = null;
        if (freedEarly) {
            return;
        }
        report(ticket, move, transfer);
        if (is(Defect.ENDS_BEFORE_LAST_TOUCH) || is(Defect.WRITES_BEHIND)) {
            TunableMove.touchLate(operation, is(Defect.WRITES_BEHIND) ? LATER_MILLIS : 0);
        }
    }

    private void report(long ticket, TunableMove move, IssuedTransfer transfer) {
        Outcome outcome = move.outcome();
        long bytes = is(Defect.DROPS_RESIDUE) ? transfer.lengthBytes() : move.bytes();
        TransferError error = move.error();
        if (is(Defect.NEVER_ENDS) && WithoutCopies.isCopy(move.kind())) {
            return;
        }
        if (error == null) {
            queue.end(ticket, outcome, bytes);
        } else if (is(Defect.SWALLOWS_ERRORS)) {
            queue.end(ticket, Outcome.COMPLETE, transfer.lengthBytes());
        } else if (is(Defect.SWAPS_SIDES)) {
            boolean read = outcome == Outcome.READ_FAILED;
            queue.end(ticket, read ? Outcome.WRITE_FAILED : Outcome.READ_FAILED, bytes, error);
        } else {
            queue.end(ticket, outcome, bytes, error);
        }
        if (is(Defect.ENDS_TWICE)) {
            queue.end(ticket, outcome, bytes);
        }
        if (is(Defect.ENDS_AGAIN_LATER) && outcome == Outcome.ABORTED) {
            LockSupport.parkNanos(LATER_MILLIS * 1_000_000);
            queue.end(ticket, Outcome.COMPLETE, bytes);
        }
    }

    /** Between two chunks: true to go on, false to stop here. Waits while paused. */
    boolean mayGoOn(IssuedTransfer transfer) {
        if (chunkMicros > 0) {
            LockSupport.parkNanos(chunkMicros * 1000);
        }
        if (paused) {
            queue.paused();
            skipChunk = is(Defect.LOSES_CHUNK_AFTER_PAUSE);
        }
        while (paused && !closed) {
            LockSupport.park(this);
        }
        return !mustStop(transfer);
    }

    boolean mustStop(IssuedTransfer transfer) {
        if (freedEarly) {
            // Writes on, as if nobody had said anything.
            return false;
        }
        boolean drains =
                switch (transfer.operation().kind()) {
                    case MEMCPY, FILE -> is(Defect.DECLARES_CHUNKS_AND_DRAINS);
                    case STREAM -> is(Defect.DECLARES_AT_ONCE_AND_DRAINS);
                    case CYCLIC -> is(Defect.CYCLES_ON);
                    case MEMSET, INTERLEAVED, INTERRUPT, BLOCKING, COMMAND -> false;
                };
        return !drains && (stop || (transfer.stopRequested() && !is(Defect.FREES_EARLY)));
    }

    boolean takeSkip() {
        boolean skip = skipChunk;
        skipChunk = false;
        return skip;
    }

    void awaitDoorbell() {
        LockSupport.parkNanos(this, 200_000);
    }
}
