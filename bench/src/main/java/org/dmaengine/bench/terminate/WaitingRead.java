package org.dmaengine.bench.terminate;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.lang.foreign.MemorySegment;
import java.nio.channels.Pipe;
import java.util.List;

/** A read that waits for bytes that never come is terminated. */
final class WaitingRead implements Contestant {
    /** After so long the read has begun to wait; nothing tells. */
    static final long BEGUN_MILLIS = 1;

    private final DmaArena arena = DmaArena.open();
    private final MemorySegment memory = arena.allocate(4096);
    private final DmaEngine engine;
    private final DmaChannel channel;

    private WaitingRead(DmaEngine engine) {
        this.engine = engine;
        this.channel = engine.requestChannel(Capability.PERIPHERAL);
    }

    static WaitingRead open(String engine) throws Skip {
        try {
            return new WaitingRead(DmaEngines.open(engine));
        } catch (EngineUnavailableException unavailable) {
            throw new Skip("engine " + engine + ": " + unavailable.getMessage());
        }
    }

    @Override
    public Turn measure() throws Exception {
        return TimedEvents.turn(this::stop, 1e3);
    }

    private long stop() throws Exception {
        Pipe pipe = Pipe.open();
        try {
            channel.submit(
                    channel.prepPeripheralSg(
                            PeripheralConfig.read(Peripheral.of(pipe.source())), List.of(memory)));
            channel.issuePending();
            Thread.sleep(BEGUN_MILLIS);
            long begin = System.nanoTime();
            channel.terminateSync();
            return System.nanoTime() - begin;
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
