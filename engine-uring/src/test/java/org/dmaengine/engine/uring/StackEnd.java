package org.dmaengine.engine.uring;

import java.util.List;

/**
 * Makes each call for the first time where the stack ends, in a Java of its own; then once more.
 */
final class StackEnd {
    private StackEnd() {}

    public static void main(String[] arguments) throws UringUnavailable {
        UringCalls calls = NativeUringCalls.link();
        int event = calls.eventfd(0, false);
        List<Runnable> uses =
                List.of(
                        () -> calls.mode(event),
                        () -> calls.openFlags(event),
                        () -> calls.signal(event),
                        () -> calls.close(-1),
                        StackEnd::direct);
        for (Runnable each : uses) {
            fromEndOfStack(each);
            each.run();
        }
        System.out.println("works");
    }

    private static int direct() {
        return IoUring.O_DIRECT;
    }

    /** The deepest call that has room for it is the first to succeed. */
    @SuppressWarnings("InfiniteRecursion") // The stack ends it.
    private static boolean fromEndOfStack(Runnable call) {
        boolean done = false;
        try {
            done = fromEndOfStack(call);
        } catch (StackOverflowError end) {
            // It is tried from here on, one frame up after the other.
        }
        return done || succeeds(call);
    }

    private static boolean succeeds(Runnable call) {
        try {
            call.run();
            return true;
        } catch (StackOverflowError tooDeep) {
            return false;
        }
    }
}
