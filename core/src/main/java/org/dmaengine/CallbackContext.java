package org.dmaengine;

/** Knows whether the calling thread is inside a callback, where waiting is refused (C10). */
final class CallbackContext {
    // How many callback runners are on the thread's stack: more than one where an executor runs its
    // tasks at once.
    private static final ThreadLocal<int[]> DEPTH = ThreadLocal.withInitial(() -> new int[1]);

    private CallbackContext() {}

    static void enter() {
        DEPTH.get()[0]++;
    }

    static void leave() {
        DEPTH.get()[0]--;
    }

    static boolean isInside() {
        return DEPTH.get()[0] > 0;
    }

    /** Throws inside a callback, naming the call and the way out. */
    static void refuse(String call) {
        if (isInside()) {
            throw new CallbackContextException(call);
        }
    }
}
