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

/** A full queue is terminated; only the call that does not wait is timed. */
final class QueuedCopies implements Contestant {
    private static final long COPY_BYTES = 64 << 10;

    private final DmaArena arena = DmaArena.open();
    private final MemorySegment source = arena.allocate(COPY_BYTES, 64);
    private final MemorySegment target = arena.allocate(COPY_BYTES, 64);
    private final DmaEngine engine;
    private final DmaChannel channel;
    private final int queued;
    private final boolean issued;

    private QueuedCopies(DmaEngine engine, int queued, boolean issued) {
        this.engine = engine;
        this.channel =
                engine.requestChannel(ChannelRequest.of(Capability.MEMCPY).withDepth(queued));
        this.queued = queued;
        this.issued = issued;
    }

    static QueuedCopies open(int queued, boolean issued) {
        EngineOptions options = EngineOptions.defaults().with("workers", "1");
        return new QueuedCopies(DmaEngines.open("cpu", options), queued, issued);
    }

    @Override
    public Turn measure() throws Exception {
        return TimedEvents.turn(this::terminate, 1);
    }

    private long terminate() {
        for (int i = 0; i < queued; i++) {
            if (channel.tryMemcpy(target, 0, source, 0, COPY_BYTES) == 0) {
                throw new IllegalStateException("the queue is full with " + i);
            }
        }
        if (issued) {
            channel.issuePending();
        }
        long begin = System.nanoTime();
        channel.terminateAsync();
        long nanos = System.nanoTime() - begin;
        channel.synchronize();
        return nanos;
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
