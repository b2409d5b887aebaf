package org.dmaengine.testkit;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Makes an engine wrong in one way, between it and the core. */
final class PlantedLayer extends EngineLayer {
    private final Plant plant;
    private final AtomicReference<PlantedQueue> opening = new AtomicReference<>();
    private final AtomicReference<ChannelBackend> told = new AtomicReference<>();
    private final AtomicInteger doorbells = new AtomicInteger();

    PlantedLayer(EngineProvider below, Plant plant) {
        super(below);
        this.plant = plant;
    }

    private boolean is(Plant... any) {
        for (Plant each : any) {
            if (plant == each) {
                return true;
            }
        }
        return false;
    }

    private boolean endsAtCancel() {
        return is(
                Plant.CANCEL_IS_THE_END,
                Plant.DOES_NOT_DRAIN,
                Plant.FREES_AT_THE_CAP,
                Plant.STOPS_WHAT_IT_DRAINS);
    }

    @Override
    ChannelQueue queue(ChannelQueue above) {
        PlantedQueue queue = new PlantedQueue(above);
        opening.set(queue);
        return queue;
    }

    @Override
    ChannelBackend channel(ChannelBackend engineSide) {
        return new PlantedBackend(engineSide, opening.get());
    }

    private final class PlantedBackend extends Backend {
        private final PlantedQueue queue;

        PlantedBackend(ChannelBackend below, PlantedQueue queue) {
            super(below);
            this.queue = queue;
        }

        @Override
        public void start() {
            ChannelBackend stopped = told.get();
            boolean heldUp = is(Plant.STOPS_NEIGHBOURS) && stopped != null && stopped != this;
            boolean lost = is(Plant.LOSES_DOORBELLS) && doorbells.incrementAndGet() % 2 == 0;
            if (!heldUp && !lost) {
                super.start();
            }
        }

        @Override
        public void abort() {
            told.compareAndSet(null, this);
            if (endsAtCancel()) {
                queue.endAll();
            }
            if (!is(Plant.IGNORES_ABORT)) {
                super.abort();
            }
        }

        @Override
        public void resume() {
            if (!is(Plant.LOSES_RESUME)) {
                super.resume();
            }
        }
    }

    private final class PlantedQueue extends Queue {
        private final Map<Long, PlantedTransfer> taken = new ConcurrentHashMap<>();
        private final Set<Long> ended = ConcurrentHashMap.newKeySet();
        private final AtomicReference<Runnable> held = new AtomicReference<>();

        PlantedQueue(ChannelQueue above) {
            super(above);
        }

        @Override
        public @Nullable IssuedTransfer next() {
            IssuedTransfer next = above.next();
            if (next == null) {
                return null;
            }
            PlantedTransfer transfer = new PlantedTransfer(next);
            taken.put(transfer.ticket(), transfer);
            boolean early = is(Plant.ANSWERS_BEFORE_LAST_TOUCH, Plant.BYTES_NOT_VISIBLE);
            if (early && WithoutCopies.isCopy(transfer.operation().kind())) {
                ended.add(transfer.ticket());
                above.end(transfer.ticket(), Outcome.COMPLETE, transfer.lengthBytes());
            }
            return transfer;
        }

        /** Everything that was taken ends here and now, whatever the engine still does. */
        void endAll() {
            for (long ticket : taken.keySet()) {
                if (ended.add(ticket)) {
                    above.end(ticket, Outcome.ABORTED, 0);
                }
            }
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            PlantedTransfer transfer = taken.remove(ticket);
            if (transfer == null || ended.remove(ticket)) {
                return;
            }
            if (is(Plant.FORGETS_ABORTED) && outcome == Outcome.ABORTED) {
                return;
            }
            if (is(Plant.LOSES_CANCELLED_BYTES) && transfer.stopRequested()) {
                above.end(ticket, Outcome.ABORTED, 0);
            } else if (is(Plant.ROUNDS_UP) && outcome == Outcome.COMPLETE) {
                above.end(ticket, outcome, transfer.lengthBytes());
            } else if (is(Plant.ENDS_OUT_OF_ORDER)) {
                endInPairs(() -> above.end(ticket, outcome, bytes));
            } else {
                above.end(ticket, outcome, bytes);
            }
            if (is(Plant.ENDS_TWICE)) {
                above.end(ticket, outcome, bytes);
            }
        }

        private void endInPairs(Runnable end) {
            Runnable first = held.getAndSet(null);
            if (first == null) {
                held.set(end);
            } else {
                end.run();
                first.run();
            }
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            PlantedTransfer transfer = taken.remove(ticket);
            if (is(Plant.HIDES_FAILURES) && transfer != null) {
                above.end(ticket, Outcome.COMPLETE, transfer.lengthBytes());
            } else {
                above.end(ticket, outcome, bytes, error);
            }
        }
    }

    private final class PlantedTransfer implements IssuedTransfer {
        private final IssuedTransfer above;

        PlantedTransfer(IssuedTransfer above) {
            this.above = above;
        }

        @Override
        public long ticket() {
            return above.ticket();
        }

        @Override
        public Operation operation() {
            return above.operation();
        }

        @Override
        public long lengthBytes() {
            return above.lengthBytes();
        }

        @Override
        public boolean stopRequested() {
            return above.stopRequested();
        }

        @Override
        public void progress(long bytes) {
            above.progress(is(Plant.RESIDUE_GROWS) ? lengthBytes() - bytes : bytes);
        }

        @Override
        public boolean mayStartPeriod() {
            return is(Plant.REFILLS_EARLY) || above.mayStartPeriod();
        }

        @Override
        public void periodElapsed() {
            above.periodElapsed();
        }
    }
}
