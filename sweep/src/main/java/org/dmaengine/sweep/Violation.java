package org.dmaengine.sweep;

import org.jspecify.annotations.Nullable;

/** The contract was broken; the message begins with the rule. */
final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final String rule;

    Violation(String rule, String message) {
        this(rule, message, null);
    }

    Violation(String rule, String message, @Nullable Throwable cause) {
        super(rule + ": " + message, cause);
        this.rule = rule;
    }

    String rule() {
        return rule;
    }
}
