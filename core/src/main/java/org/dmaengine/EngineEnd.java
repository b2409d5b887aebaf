package org.dmaengine;

/**
 * The cursors at the engine's end of a {@link TransferRing}, guarded by the channel's lock. They
 * move with every run, and stand apart from what submitters read: see {@link Cursor}.
 */
@SuppressWarnings("UnusedVariable") // The padding.
abstract class EngineEnd {
    long over = 1;
    long settled = 1;
    long toStart = 1;
    // Of what was counted in endedAhead, so many are below over.
    long overNodes;

    private long after1;
    private long after2;
    private long after3;
    private long after4;
    private long after5;
    private long after6;
    private long after7;
    private long after8;
}
