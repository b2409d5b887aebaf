package org.dmaengine;

/**
 * What the engine's side of a {@link TransferRing} writes with every run: its cursors, and where
 * the {@link CopyRun} begins and ends. Guarded by the channel's lock. It stands apart from what
 * submitters read: see {@link Cursor}. All are of one size, so that the padding stays behind them.
 */
@SuppressWarnings("UnusedVariable") // The padding.
abstract class EngineEnd {
    // Fills the gap before the cursors, where a field of a subclass would stand that submitters
    // read.
    private int before;

    long over = 1;
    long settled = 1;
    long toStart = 1;
    // So many have an outcome, or were withdrawn, though head has not passed them; and so many of
    // those are below over.
    long endedAhead;
    long endedBelowOver;

    // Plain copies that are complete, and wait for their callbacks: none while both are the same.
    // All plain copies before completedEnd are complete, and those before completed over.
    long completed = 1;
    long completedEnd = 1;

    // The plain copies that the engine has taken: none while both are the same.
    long runFirst;
    long runEnd;
    long runBytes;

    private long after1;
    private long after2;
    private long after3;
    private long after4;
    private long after5;
    private long after6;
    private long after7;
    private long after8;
}
