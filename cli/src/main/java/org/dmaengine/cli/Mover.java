package org.dmaengine.cli;

/** Brings the bytes of a source into a file. Used by one thread at a time. */
interface Mover {
    /**
     * Moves all from one offset on, to where the source ends or somebody wants the end. Runs of
     * zeros are left out.
     */
    Pipeline.Result move(
            OpenSource source, TargetFile target, long fromBytes, Pipeline.Listener listener);

    /**
     * Whether it can write what it moves from there past the page cache: by whole {@link DirectIo}
     * units.
     */
    boolean writesWholeUnits(OpenSource source);

    /** False if something that it began may still be under way. */
    boolean isQuiesced();
}
