package org.dmaengine.testkit;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong while a scenario is cleaned up. Every step is tried, whatever came of others. */
final class Problems {
    interface Step {
        void run() throws Exception;
    }

    private final List<Throwable> all = new ArrayList<>();

    void attempt(Step step) {
        try {
            step.run();
        } catch (Exception | AssertionError problem) {
            all.add(problem);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Throws them all as one, if there are any. */
    void throwAll(String when) {
        if (!all.isEmpty()) {
            AssertionError error = new AssertionError(when + ": " + all.getFirst());
            all.forEach(error::addSuppressed);
            throw error;
        }
    }
}
