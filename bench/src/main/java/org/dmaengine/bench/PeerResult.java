package org.dmaengine.bench;

import org.HdrHistogram.Histogram;

import java.util.Optional;

/** How a peer did. */
sealed interface PeerResult {
    String name();

    /**
     * It took part.
     *
     * @param name the peer
     * @param figures of its turns
     * @param ratios of each turn to the turns of ours just before and after it
     * @param latencies of all its turns
     */
    record Measured(String name, Series figures, Series ratios, Optional<Histogram> latencies)
            implements PeerResult {}

    /** It could not take part. */
    record Skipped(String name, String reason) implements PeerResult {}

    /** Its work went wrong. */
    record Failed(String name, String reason) implements PeerResult {}
}
