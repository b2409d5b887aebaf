package org.dmaengine.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What must have happened in a scenario, or it has shown nothing: moments that depend on who is
 * faster. A scenario plays its rounds until each has come, and fails at the deadline if one has
 * not.
 */
final class Moments {
    private final ScenarioClock clock;
    // How often each has come. All keys are there from the beginning.
    private final Map<String, AtomicLong> counts = new LinkedHashMap<>();
    private boolean late;

    Moments(ScenarioClock clock, List<String> awaited) {
        this.clock = clock;
        awaited.forEach(each -> counts.put(each, new AtomicLong()));
    }

    /** It has come; what nobody awaits is no matter. */
    void saw(String moment) {
        AtomicLong count = counts.get(moment);
        if (count != null) {
            count.incrementAndGet();
        }
    }

    /**
     * Inside a round: whether all rounds that should do have been played, as on a busy machine,
     * where what should meet comes too early or too late each time.
     */
    boolean areLate() {
        return late;
    }

    /** Plays so many rounds, and then until each moment has come. */
    void rounds(int roundsMin, Runnable round) {
        long end = clock.deadlineFromNow();
        for (int played = 0; played < roundsMin || !haveCome(); played++) {
            if (played >= roundsMin && clock.isOver(end)) {
                throw new AssertionError(
                        "in " + played + " rounds it did not come to all of " + counts);
            }
            late = played >= roundsMin;
            round.run();
        }
    }

    private boolean haveCome() {
        return counts.values().stream().allMatch(count -> count.get() > 0);
    }
}
