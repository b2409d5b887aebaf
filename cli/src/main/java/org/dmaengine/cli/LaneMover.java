package org.dmaengine.cli;

import org.dmaengine.Peripheral;

import java.nio.channels.FileChannel;

/**
 * Moves through the channels of the engine, several blocks at once.
 *
 * @param lanes what it has for itself
 */
record LaneMover(Lanes lanes, Interruption interruption) implements Mover {
    @Override
    public Pipeline.Result move(
            OpenSource source, FileChannel target, long fromBytes, Pipeline.Listener listener) {
        Endpoint file = new Endpoint(new Peripheral.File(target), true);
        return new Pipeline(lanes, interruption, source.endpoint(), file, listener)
                .run(fromBytes, source.sizeBytes());
    }

    @Override
    public boolean isQuiesced() {
        return lanes.isQuiesced();
    }
}
