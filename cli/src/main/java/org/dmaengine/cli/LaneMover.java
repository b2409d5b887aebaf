package org.dmaengine.cli;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/**
 * Moves through the channels of the engine, several blocks at once. They are opened when there is
 * something to move.
 */
final class LaneMover implements Mover {
    private final Supplier<Lanes> opening;
    private final Interruption interruption;
    private final BlockSizes sizes;
    private @Nullable Lanes lanes;

    /**
     * @param opening opens what it has for itself
     * @param sizes of its blocks
     */
    LaneMover(Supplier<Lanes> opening, Interruption interruption, BlockSizes sizes) {
        this.opening = opening;
        this.interruption = interruption;
        this.sizes = sizes;
    }

    @Override
    public Pipeline.Result move(
            OpenSource source, TargetFile target, long fromBytes, Pipeline.Listener listener) {
        Lanes mine = lanes;
        if (mine == null) {
            mine = opening.get();
            lanes = mine;
        }
        return new Pipeline(mine, interruption, source.endpoint(), target.endpoint(), listener)
                .run(fromBytes, source.sizeBytes());
    }

    @Override
    public boolean writesWholeUnits(OpenSource source) {
        return sizes.areDirect();
    }

    @Override
    public boolean isQuiesced() {
        Lanes mine = lanes;
        return mine == null || mine.isQuiesced();
    }
}
