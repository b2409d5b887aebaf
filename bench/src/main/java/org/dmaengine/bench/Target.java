package org.dmaengine.bench;

/** What a case is to reach. */
public sealed interface Target {

    /**
     * The ratio to a peer.
     *
     * @param peer its name
     * @param ratioMin at least so much
     */
    record Ratio(String peer, double ratioMin) implements Target {}

    /**
     * Our median, in the unit of the case.
     *
     * @param figureMax at most so much
     */
    record Figure(double figureMax) implements Target {}

    /**
     * A percentile of all our latencies; 100 is the longest.
     *
     * @param percentile which
     * @param nanosMax at most so much
     */
    record Latency(double percentile, long nanosMax) implements Target {}
}
