package org.dmaengine;

import org.jspecify.annotations.Nullable;

/** Knows whether the calling thread is inside a callback, where waiting is refused (C10). */
final class CallbackContext {
    // Per thread; more than one runner may be on the stack where an executor runs its tasks at
    // once.
    private static final ThreadLocal<CallbackContext> CURRENT =
            ThreadLocal.withInitial(CallbackContext::new);

    private int callbacks;

    // How many executors are being called on this thread: a callback that runs meanwhile runs on
    // the thread that reported the end, which is the engine's.
    private int handOvers;

    // The runner that gives up its thread right now, and whether its executor ran it here at once.
    private @Nullable CallbackRunner yielding;
    private boolean ranAtOnce;

    // The callback threads that this thread is one of, and whether it has announced its return to
    // them.
    private @Nullable CallbackThreads pool;
    private boolean announced;

    // What that thread has taken from the pool's tasks.
    private @Nullable Runnable task;

    private CallbackContext() {}

    static CallbackContext current() {
        return CURRENT.get();
    }

    static boolean isInside() {
        return current().callbacks > 0;
    }

    /** Throws inside a callback, naming the call and the way out. */
    static void refuse(String call) {
        if (isInside()) {
            throw new CallbackContextException(call);
        }
    }

    /**
     * In a callback on the very thread that reported the end: the engine cannot go on meanwhile.
     */
    static boolean isOnEngineThread() {
        CallbackContext mine = current();
        return mine.callbacks > 0 && mine.handOvers > 0;
    }

    void joinPool(CallbackThreads threads) {
        pool = threads;
    }

    /** A thread of the pool runs this from here on, and nothing else is on its stack. */
    void begin(Runnable itsTask) {
        task = itsTask;
    }

    /** The runner on this thread has nothing left to call; under its channel's lock. */
    void announceReturn(CallbackRunner runner) {
        // One that was called from a user's code, in a callback or behind a future, goes back
        // there.
        if (pool != null && task == runner && callbacks == 1 && !announced) {
            announced = true;
            pool.announceReturn();
        }
    }

    /**
     * On a thread of the pool an interrupt is nobody's message but for the callback that runs, and
     * no other is to begin with it.
     */
    void dropInterrupt() {
        if (pool != null) {
            Thread.interrupted();
        }
    }

    boolean takeAnnounced() {
        boolean was = announced;
        announced = false;
        return was;
    }

    void enter() {
        callbacks++;
    }

    void leave() {
        callbacks--;
    }

    void beginHandOver() {
        handOvers++;
    }

    void endHandOver() {
        handOvers--;
    }

    /** True if the runner gives up its thread right now: then it is noted, and it loops instead. */
    boolean noteIfYielding(CallbackRunner runner) {
        boolean same = yielding == runner;
        ranAtOnce |= same;
        return same;
    }

    /**
     * Gives up the thread for others, who may do so here as well.
     *
     * @return true if the runner was run at once and is to go on here
     */
    boolean yielding(CallbackRunner runner, Runnable schedule) {
        CallbackRunner outer = yielding;
        boolean outerRan = ranAtOnce;
        yielding = runner;
        ranAtOnce = false;
        try {
            schedule.run();
            return ranAtOnce;
        } finally {
            yielding = outer;
            ranAtOnce = outerRan;
        }
    }
}
