package org.dmaengine.cli;

/**
 * Moves through the channels of the engine, several blocks at once.
 *
 * @param lanes what it has for itself
 */
record LaneMover(Lanes lanes, Interruption interruption) implements Mover {
    @Override
    public Pipeline.Result move(
            OpenSource source, TargetFile target, long fromBytes, Pipeline.Listener listener) {
        return new Pipeline(lanes, interruption, source.endpoint(), target.endpoint(), listener)
                .run(fromBytes, source.sizeBytes());
    }

    @Override
    public boolean writesWholeUnits() {
        return lanes.sizes().areDirect();
    }

    @Override
    public boolean isQuiesced() {
        return lanes.isQuiesced();
    }
}
