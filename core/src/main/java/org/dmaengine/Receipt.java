package org.dmaengine;

import java.util.List;
import java.util.Optional;

/**
 * What became of the transfers of the generations that a {@code synchronize} waited for (C9).
 *
 * <p>It lists the transfers that were not over when their generation was closed: queued, on the
 * engine, or ended with their callback still to run. What was over before is not listed again.
 *
 * @param channel the channel's name
 * @param entries one for each transfer, in the order in which they were settled
 * @param omitted entries dropped because too many terminations went by without a synchronize, or
 *     because there was no memory for them
 * @param abortError what the engine's abort threw, if it did (C7)
 */
public record Receipt(
        String channel, List<Entry> entries, long omitted, Optional<Throwable> abortError) {

    /**
     * One transfer.
     *
     * @param cookie the transfer
     * @param kind what it did
     * @param outcome how it ended
     * @param bytes bytes moved
     * @param residueBytes bytes not moved
     * @param callbackRan whether its callback was called
     * @param proof what proved the last touch
     */
    public record Entry(
            long cookie,
            OperationKind kind,
            Outcome outcome,
            long bytes,
            long residueBytes,
            boolean callbackRan,
            Proof proof) {}

    /** Copies the list. */
    public Receipt {
        entries = List.copyOf(entries);
    }

    /** The entry of one transfer, if it is listed. */
    public Optional<Entry> entry(long cookie) {
        return entries.stream().filter(entry -> entry.cookie == cookie).findFirst();
    }
}
