package org.dmaengine.cli;

import org.dmaengine.DmaEngine;
import org.dmaengine.Receipt;

import java.util.ArrayList;
import java.util.List;

/**
 * The engine of a copy, and all {@link Lanes} that were opened on it: one for whoever copies one
 * file, and one for each thread that copies files beside others. All are under one rate limit, a
 * signal terminates all, and all are quiet or none is freed. For any thread.
 */
final class CopyEngine implements AutoCloseable {
    private final DmaEngine engine;
    private final Interruption interruption;
    private final RateLimit limit;
    // Guarded by this.
    private final List<Lanes> opened = new ArrayList<>();

    /** Takes the engine over. */
    CopyEngine(DmaEngine engine, Interruption interruption, RateLimit limit) {
        this.engine = engine;
        this.interruption = interruption;
        this.limit = limit;
    }

    /**
     * Opens lanes, for one thread at a time.
     *
     * @param name what the names of their channels begin with
     * @param channels how many in all, half of them for reading; at least two
     * @param blocks buffers, and so the most blocks in flight
     */
    Lanes open(String name, int channels, int blocks, int blockBytes) {
        Lanes lanes = Lanes.open(engine, name, channels, blocks, blockBytes, limit);
        synchronized (this) {
            opened.add(lanes);
        }
        // At once if the signal has come already: no lanes are opened behind its back.
        interruption.onRequest(lanes::terminateAsync);
        return lanes;
    }

    String name() {
        return engine.name();
    }

    /** False if a channel could not prove that it is quiet. */
    synchronized boolean isQuiesced() {
        return opened.stream().allMatch(Lanes::isQuiesced);
    }

    /** Why {@link #isQuiesced} is false; empty if it is true. */
    synchronized String ownedReason() {
        return opened.stream()
                .map(Lanes::ownedReason)
                .filter(reason -> !reason.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** What became of the transfers that were terminated (C9). */
    synchronized List<Receipt> receipts() {
        return opened.stream().flatMap(lanes -> lanes.receipts().stream()).toList();
    }

    /**
     * Frees all, or nothing: buffers of a channel that is not quiet may still be written (C12), and
     * stay until the process ends, which is soon. Nobody may be copying any more.
     */
    @Override
    public synchronized void close() {
        if (isQuiesced()) {
            engine.close();
            opened.forEach(Lanes::free);
        }
    }
}
