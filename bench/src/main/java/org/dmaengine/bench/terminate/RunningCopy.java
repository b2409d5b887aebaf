package org.dmaengine.bench.terminate;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.TransferState;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A copy that runs is terminated; perhaps while other channels keep the workers busy. */
final class RunningCopy implements Contestant {
    static final long COPY_BYTES = 1L << 30;
    private static final int TRIES_MAX = 100;

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

    /**
     * @throws Skip if there is too little memory
     */
    static RunningCopy open(int workers, int others) throws Skip, IOException {
        FreeMemory.require(2 * COPY_BYTES);
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

    /** Once more where this thread was kept away until the copy was over. */
    private long stop() {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            if (isRunning(channel.tryMemcpy(target, 0, source, 0, COPY_BYTES))) {
                long begin = System.nanoTime();
                channel.terminateSync();
                return System.nanoTime() - begin;
            }
        }
        throw new IllegalStateException("each copy was over before it could be terminated");
    }

    private boolean isRunning(long cookie) {
        channel.issuePending();
        while (channel.status(cookie).residueBytes() == COPY_BYTES) {
            Thread.onSpinWait();
        }
        return channel.state(cookie) == TransferState.IN_PROGRESS;
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
