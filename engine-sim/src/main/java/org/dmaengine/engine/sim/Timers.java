package org.dmaengine.engine.sim;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** The members that wait with a deadline; equal deadlines in the order they were set. */
final class Timers {
    // Few at a time: a sorted list beats a heap, and removing from the middle is plain.
    private final List<SimThread> soonestLast = new ArrayList<>();

    void add(SimThread thread, long wakeAtNanos) {
        thread.wakeAtNanos = wakeAtNanos;
        int place = soonestLast.size();
        while (place > 0 && soonestLast.get(place - 1).wakeAtNanos <= wakeAtNanos) {
            place--;
        }
        soonestLast.add(place, thread);
    }

    void remove(SimThread thread) {
        soonestLast.remove(thread);
    }

    @Nullable SimThread first() {
        return soonestLast.isEmpty() ? null : soonestLast.getLast();
    }

    void clear() {
        soonestLast.clear();
    }
}
