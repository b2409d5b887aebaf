package org.dmaengine.bench.terminate;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Turn;

/** A turn of as many events as fit into its time, each timed by itself. */
final class TimedEvents {
    static final long TURN_NANOS = 200_000_000;

    private TimedEvents() {}

    /** Something that happens once and says how long it took. */
    @FunctionalInterface
    interface Event {
        long nanos() throws Exception;
    }

    /** The median in units of so many nanoseconds; one event at least. */
    static Turn turn(Event event, double unitNanos) throws Exception {
        Histogram nanos = new Histogram(3);
        long end = System.nanoTime() + TURN_NANOS;
        do {
            nanos.recordValue(event.nanos());
        } while (System.nanoTime() < end);
        return Turn.percentile(nanos, 50, unitNanos);
    }
}
