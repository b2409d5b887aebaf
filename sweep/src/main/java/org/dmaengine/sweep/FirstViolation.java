package org.dmaengine.sweep;

import org.jspecify.annotations.Nullable;

/**
 * The first violation of a run. Most are found where they cannot be thrown, for it is the
 * controller or core that would catch them: kept here, and thrown when the step is over. What comes
 * after the first may be its consequence, and is dropped.
 */
final class FirstViolation {
    private @Nullable Violation first;

    void found(String rule, String message) {
        if (first == null) {
            first = new Violation(rule, message);
        }
    }

    void throwIfFound() {
        if (first != null) {
            throw first;
        }
    }
}
