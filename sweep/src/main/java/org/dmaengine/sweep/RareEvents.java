package org.dmaengine.sweep;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Counts what a sweep came across. */
final class RareEvents {
    private final Map<RareEvent, Long> counts = new EnumMap<>(RareEvent.class);

    RareEvents() {
        for (RareEvent event : RareEvent.values()) {
            counts.put(event, 0L);
        }
    }

    void count(RareEvent event) {
        counts.merge(event, 1L, Long::sum);
    }

    void add(RareEvents others) {
        others.counts.forEach((event, count) -> counts.merge(event, count, Long::sum));
    }

    Map<RareEvent, Long> asMap() {
        return Collections.unmodifiableMap(counts);
    }
}
