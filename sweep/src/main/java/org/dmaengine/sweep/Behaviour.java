package org.dmaengine.sweep;

import java.util.List;

/**
 * What a callback does.
 *
 * @param style in general
 * @param nanos how long it blocks
 * @param steps what it does, with {@link Style#ACT}
 */
record Behaviour(Style style, long nanos, List<Step> steps) {
    enum Style {
        /** There is no callback. */
        NONE,
        RETURN,
        THROW,
        /** Waits in it. */
        BLOCK,
        /** Spins for a while, letting others in. */
        LOOP,
        ACT
    }

    static final Behaviour NONE = new Behaviour(Style.NONE, 0, List.of());

    @Override
    public String toString() {
        return switch (style) {
            case NONE, RETURN, THROW -> style.toString();
            case BLOCK, LOOP -> style + " " + nanos + "ns";
            case ACT -> steps.toString();
        };
    }
}
