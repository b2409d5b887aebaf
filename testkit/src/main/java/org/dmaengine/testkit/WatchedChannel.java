package org.dmaengine.testkit;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

/** Both sides of one channel as they are, with a note of each transfer on its way. */
final class WatchedChannel implements ChannelBackend {
    private final ChannelBackend backend;
    private final Places places;

    private WatchedChannel(ChannelBackend backend, Places places) {
        this.backend = backend;
        this.places = places;
    }

    static ChannelBackend open(EngineBackend engine, int index, ChannelQueue queue, Places places) {
        return new WatchedChannel(engine.openChannel(index, new Queue(queue, places)), places);
    }

    @Override
    public void prepare(Operation operation) {
        backend.prepare(operation);
        places.prepared(operation);
    }

    @Override
    public void start() {
        places.issued();
        backend.start();
    }

    @Override
    public void abort() {
        backend.abort();
    }

    @Override
    public boolean synchronize(long deadlineNanos) {
        return backend.synchronize(deadlineNanos);
    }

    @Override
    public boolean pause() {
        return backend.pause();
    }

    @Override
    public void resume() {
        backend.resume();
    }

    @Override
    public void close() {
        backend.close();
    }

    private record Queue(ChannelQueue queue, Places places) implements ChannelQueue {
        @Override
        public String name() {
            return queue.name();
        }

        @Override
        public @Nullable IssuedTransfer next() {
            IssuedTransfer next = queue.next();
            if (next != null) {
                places.taken(next.ticket(), next.operation());
            }
            return next;
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            int count = queue.next(batch);
            for (int i = 0; i < count; i++) {
                places.taken(batch[i].ticket(), batch[i].operation());
            }
            return count;
        }

        @Override
        public boolean mayHaveNext() {
            return queue.mayHaveNext();
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            queue.end(ticket, outcome, bytes);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            queue.end(ticket, outcome, bytes, error);
        }

        @Override
        public void complete(long[] tickets, int count) {
            queue.complete(tickets, count);
        }

        @Override
        public void paused() {
            queue.paused();
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            queue.lost(reason, cause);
        }
    }
}
