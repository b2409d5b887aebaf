package org.dmaengine.cli;

import org.dmaengine.DmaEngine;
import org.dmaengine.EngineLostException;
import org.dmaengine.Receipt;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The engine of a copy, opened when it is first needed, and all {@link Lanes} that were opened on
 * it: one for whoever copies one file, and one for each thread that copies files beside others. All
 * are under one rate limit, a signal terminates all, and all are quiet or none is freed. For any
 * thread.
 */
final class CopyEngine implements AutoCloseable {
    private final Supplier<DmaEngine> opening;
    private final Interruption interruption;
    private final RateLimit limit;
    // Both guarded by this.
    private @Nullable DmaEngine engine;
    private final List<Lanes> opened = new ArrayList<>();

    /** Takes over the engine that is opened. */
    CopyEngine(Supplier<DmaEngine> opening, Interruption interruption, RateLimit limit) {
        this.opening = opening;
        this.interruption = interruption;
        this.limit = limit;
    }

    /** Opens the engine, unless it is open. */
    synchronized DmaEngine open() {
        DmaEngine mine = engine;
        if (mine == null) {
            mine = opening.get();
            engine = mine;
        }
        return mine;
    }

    /**
     * Opens lanes, for one thread at a time.
     *
     * @param name what the names of their channels begin with
     * @param channels how many in all, half of them for reading; at least two
     * @param blocks buffers, and so the most blocks in flight
     */
    Lanes lanes(String name, int channels, int blocks, BlockSizes sizes) {
        Lanes lanes = Lanes.open(open(), name, channels, blocks, sizes, limit, System::nanoTime);
        synchronized (this) {
            opened.add(lanes);
        }
        // At once if the signal has come already: no lanes are opened behind its back.
        interruption.onRequest(lanes::terminateAsync);
        return lanes;
    }

    /** Holds all copies of this command under one rate. */
    RateLimit limit() {
        return limit;
    }

    /** Its name; "none" if nothing had to go through one. */
    synchronized String name() {
        DmaEngine mine = engine;
        return mine == null ? "none" : mine.name();
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
        DmaEngine mine = engine;
        if (mine == null || !isQuiesced()) {
            return;
        }
        try {
            mine.close();
        } catch (EngineLostException afterTheCopy) {
            Output.note(afterTheCopy.getMessage() + "; all that was told is done all the same");
            return;
        }
        opened.forEach(Lanes::free);
    }
}
