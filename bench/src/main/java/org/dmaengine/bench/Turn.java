package org.dmaengine.bench;

import org.HdrHistogram.Histogram;

import java.util.Optional;

/**
 * What one turn has measured.
 *
 * @param figure in the unit of the case
 * @param latencies nanoseconds of each single event, if the turn has looked at them; those of all
 *     turns are put together
 */
public record Turn(double figure, Optional<Histogram> latencies) {

    /** A single figure. */
    public static Turn of(double figure) {
        return new Turn(figure, Optional.empty());
    }

    /** A percentile of latencies, in units of so many nanoseconds. */
    public static Turn percentile(Histogram latencies, double percentile, double unitNanos) {
        double nanos = latencies.getValueAtPercentile(percentile);
        return new Turn(nanos / unitNanos, Optional.of(latencies));
    }
}
