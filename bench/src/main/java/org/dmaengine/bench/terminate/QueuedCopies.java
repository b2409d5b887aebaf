package org.dmaengine.bench.terminate;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.lang.foreign.MemorySegment;

/**
 * A full queue is terminated, perhaps while those of other channels are full as well; only the call
 * that does not wait is timed.
 */
final class QueuedCopies implements Contestant {
    private static final long COPY_BYTES = 64 << 10;

    private final DmaArena arena = DmaArena.open();
    private final MemorySegment source = arena.allocate(COPY_BYTES, 64);
    private final MemorySegment target = arena.allocate(COPY_BYTES, 64);
    private final DmaEngine engine;
    private final DmaChannel channel;
    private final int queued;
    private final boolean issued;

    private QueuedCopies(DmaEngine engine, int queued, boolean issued, int others) {
        this.engine = engine;
        this.channel = requestChannel(queued);
        this.queued = queued;
        this.issued = issued;
        for (int i = 0; i < others; i++) {
            fill(requestChannel(queued));
        }
    }

    private DmaChannel requestChannel(int depth) {
        return engine.requestChannel(ChannelRequest.of(Capability.MEMCPY).withDepth(depth));
    }

    /**
     * A channel of its own engine.
     *
     * @param queued how many copies wait in it
     * @param issued whether they may begin
     * @param others channels with as many copies that are submitted and never issued
     */
    static QueuedCopies open(int queued, boolean issued, int others) {
        EngineOptions options = EngineOptions.defaults().with("workers", "1");
        return new QueuedCopies(DmaEngines.open("cpu", options), queued, issued, others);
    }

    @Override
    public Turn measure() throws Exception {
        return TimedEvents.turn(this::terminate, 1);
    }

    private long terminate() {
        fill(channel);
        if (issued) {
            channel.issuePending();
        }
        long begin = System.nanoTime();
        channel.terminateAsync();
        long nanos = System.nanoTime() - begin;
        channel.synchronize();
        return nanos;
    }

    private void fill(DmaChannel each) {
        for (int i = 0; i < queued; i++) {
            if (each.tryMemcpy(target, 0, source, 0, COPY_BYTES) == 0) {
                throw new IllegalStateException("the queue is full with " + i);
            }
        }
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
