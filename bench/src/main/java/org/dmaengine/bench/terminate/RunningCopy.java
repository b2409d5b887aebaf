package org.dmaengine.bench.terminate;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.TransferState;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.lang.foreign.MemorySegment;

/** A copy that runs is terminated; perhaps while other channels keep the workers busy. */
final class RunningCopy implements Contestant {
    static final long COPY_BYTES = 1L << 30;

    private final DmaArena arena = DmaArena.open();
    private final MemorySegment source = arena.allocate(COPY_BYTES, 4096);
    private final MemorySegment target = arena.allocate(COPY_BYTES, 4096);
    private final DmaEngine engine;
    private final DmaChannel channel;
    private final BusyChannels others;

    private RunningCopy(DmaEngine engine, int others) {
        this.engine = engine;
        this.channel = engine.requestChannel(Capability.MEMCPY);
        this.others = new BusyChannels(engine, arena, others);
        // Pages that are there, so that the copy is one.
        source.fill((byte) 1);
        target.fill((byte) 2);
    }

    static RunningCopy open(int workers, int others) {
        EngineOptions options = EngineOptions.defaults().with("workers", Integer.toString(workers));
        return new RunningCopy(DmaEngines.open("cpu", options), others);
    }

    @Override
    public Turn measure() throws Exception {
        others.start();
        try {
            return TimedEvents.turn(this::stop, 1e3);
        } finally {
            others.stop();
        }
    }

    private long stop() {
        long cookie = channel.tryMemcpy(target, 0, source, 0, COPY_BYTES);
        channel.issuePending();
        while (channel.status(cookie).residueBytes() == COPY_BYTES) {
            Thread.onSpinWait();
        }
        if (channel.state(cookie) != TransferState.IN_PROGRESS) {
            throw new IllegalStateException("the copy was over before it could be terminated");
        }
        long begin = System.nanoTime();
        channel.terminateSync();
        return System.nanoTime() - begin;
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
