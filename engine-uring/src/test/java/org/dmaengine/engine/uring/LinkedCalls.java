package org.dmaengine.engine.uring;

import static org.junit.jupiter.api.Assumptions.abort;

/** The system calls of this machine; a test that needs them is skipped where they are not. */
final class LinkedCalls {
    private LinkedCalls() {}

    static UringCalls orSkip() {
        try {
            return NativeUringCalls.link();
        } catch (UringUnavailable unavailable) {
            String reason = unavailable.reason() + "; " + unavailable.remedy();
            System.out.println("Skipped: " + reason);
            return abort(reason);
        }
    }
}
