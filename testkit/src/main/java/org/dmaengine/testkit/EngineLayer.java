package org.dmaengine.testkit;

import org.dmaengine.DmaChannel;
import org.dmaengine.EngineDescription;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A layer between core and engine, through which hardware that misbehaves is played on an engine
 * that does not. By itself it hands everything on.
 */
class EngineLayer implements EngineProvider {
    private final EngineProvider below;
    private final Map<String, ChannelQueue> queues = new ConcurrentHashMap<>();

    EngineLayer(EngineProvider below) {
        this.below = below;
    }

    /** The core's side of a channel: what is reported there, the core hears. */
    final ChannelQueue queueOf(DmaChannel channel) {
        ChannelQueue queue = queues.get(channel.name());
        if (queue == null) {
            throw new IllegalStateException(channel + " was not opened through this layer");
        }
        return queue;
    }

    // ---- What a layer may change

    EngineDescription description(EngineDescription honest) {
        return honest;
    }

    /** What the engine sees of the core. */
    ChannelQueue queue(ChannelQueue above) {
        return above;
    }

    /** What the core sees of the engine. */
    ChannelBackend channel(ChannelBackend engineSide) {
        return engineSide;
    }

    // ---- EngineProvider

    @Override
    public final String name() {
        return below.name();
    }

    @Override
    public final Probe probe() {
        return switch (below.probe()) {
            case Probe.Available(EngineDescription honest) ->
                    new Probe.Available(description(honest));
            case Probe.Unavailable unavailable -> unavailable;
        };
    }

    @Override
    public final EngineBackend open(EngineSettings settings) {
        EngineBackend opened = below.open(settings);
        return new EngineBackend() {
            @Override
            public EngineDescription description() {
                return EngineLayer.this.description(opened.description());
            }

            @Override
            public ChannelBackend openChannel(int index, ChannelQueue queue) {
                queues.put(queue.name(), queue);
                return channel(opened.openChannel(index, queue(queue)));
            }

            @Override
            public Runnable map(MemorySegment memory) {
                return opened.map(memory);
            }

            @Override
            public void close() {
                opened.close();
            }
        };
    }

    /** Hands all calls on to the engine. */
    static class Backend implements ChannelBackend {
        final ChannelBackend below;

        Backend(ChannelBackend below) {
            this.below = below;
        }

        @Override
        public void prepare(Operation operation) {
            below.prepare(operation);
        }

        @Override
        public void start() {
            below.start();
        }

        @Override
        public void abort() {
            below.abort();
        }

        @Override
        public boolean synchronize(long deadlineNanos) {
            return below.synchronize(deadlineNanos);
        }

        @Override
        public boolean pause() {
            return below.pause();
        }

        @Override
        public void resume() {
            below.resume();
        }

        @Override
        public void close() {
            below.close();
        }
    }

    /** Hands all reports on to the core; each end comes one by one. */
    static class Queue implements ChannelQueue {
        final ChannelQueue above;

        Queue(ChannelQueue above) {
            this.above = above;
        }

        @Override
        public String name() {
            return above.name();
        }

        @Override
        public @Nullable IssuedTransfer next() {
            return above.next();
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            int count = 0;
            while (count < batch.length) {
                IssuedTransfer next = next();
                if (next == null) {
                    break;
                }
                batch[count++] = next;
            }
            return count;
        }

        @Override
        public boolean mayHaveNext() {
            return above.mayHaveNext();
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            above.end(ticket, outcome, bytes);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            above.end(ticket, outcome, bytes, error);
        }

        @Override
        public void complete(long[] tickets, int count) {
            above.complete(tickets, count);
        }

        @Override
        public void paused() {
            above.paused();
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            above.lost(reason, cause);
        }
    }
}
