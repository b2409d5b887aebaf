package org.dmaengine;

/**
 * Tells the engine to abort, pause and resume: one wish at a time, by one thread at a time, without
 * the channel's lock. Whoever finds another thread busy with it only leaves its wish, so that
 * termination never waits (C4, P3).
 *
 * <p>All fields are guarded by the channel's lock.
 */
final class EngineControl {
    // What takeWish() answers. Numbers: no class is to be loaded where memory has run out.
    private static final int NONE = 0;
    private static final int ABORT = 1;
    private static final int RESUME = 2;
    private static final int PAUSE = 3;

    private final VirtualChannel channel;
    private final Object lock;

    private boolean lost;
    private boolean busy;
    private boolean wantAbort;
    private boolean wantPause;
    private boolean wantResume;

    // From the wish until the call is over: nothing newer may start meanwhile, or a late abort hits
    // it.
    private boolean aborting;

    // The engine was told to pause, and not yet to go on.
    private boolean enginePaused;

    EngineControl(VirtualChannel channel) {
        this.channel = channel;
        this.lock = channel.lock;
    }

    // Under the lock; followed by run() without it.

    void wishAbort() {
        wantAbort = true;
        aborting = true;
    }

    void wishPause() {
        wantPause = true;
    }

    /** A pause is taken back, whether the engine knows of it already or not. */
    void wishResume() {
        wantPause = false;
        wantResume = enginePaused && !lost;
    }

    /** The engine is lost: there is nobody to tell. */
    void forget() {
        lost = true;
        wantAbort = false;
        aborting = false;
        wantPause = false;
        wantResume = false;
    }

    boolean isAborting() {
        return aborting;
    }

    /** The engine knows of the pause that is wished now, and not only of one taken back. */
    boolean isPauseTold() {
        return enginePaused && !wantPause && !wantResume;
    }

    /** Somebody tells the engine something, or has noted that it will. */
    boolean isBusy() {
        return busy || wantAbort || wantPause || wantResume;
    }

    // Without the lock.

    void run() {
        synchronized (lock) {
            if (busy) {
                return;
            }
            busy = true;
        }
        for (int wish = takeWish(); wish != NONE; wish = takeWish()) {
            boolean served = false;
            try {
                serve(wish);
                served = true;
            } finally {
                if (!served) {
                    giveUp();
                }
            }
        }
    }

    private void serve(int wish) {
        switch (wish) {
            case ABORT -> abort();
            case RESUME -> channel.faults.calling("resume", channel.backend::resume);
            case PAUSE -> pause();
            default -> throw new AssertionError(wish);
        }
    }

    /** Memory ran out: whoever comes next sees to the other wishes. */
    private void giveUp() {
        synchronized (lock) {
            busy = false;
            channel.bottomHalf.note(BottomHalf.CONTROL);
            channel.waiters.wake();
        }
    }

    /** An abort goes first, and takes a pause with it. */
    private int takeWish() {
        synchronized (lock) {
            if (wantAbort) {
                wantAbort = false;
                wantResume = false;
                enginePaused = false;
                return ABORT;
            }
            if (wantResume) {
                wantResume = false;
                enginePaused = false;
                return RESUME;
            }
            if (wantPause) {
                wantPause = false;
                enginePaused = true;
                return PAUSE;
            }
            busy = false;
            channel.waiters.wake();
            return NONE;
        }
    }

    private void abort() {
        // Nothing is allocated on this way: memory may have run out in the termination.
        Throwable thrown = null;
        try {
            channel.backend.abort();
        } catch (Throwable broken) {
            thrown = broken;
        }
        synchronized (lock) {
            aborting = wantAbort;
        }
        try {
            if (thrown != null) {
                channel.faults.engineThrew("abort", thrown);
            }
        } finally {
            channel.terminating.told(thrown);
        }
    }

    private void pause() {
        boolean still;
        try {
            still = channel.backend.pause();
        } catch (Throwable broken) {
            channel.loss.lose("its pause threw " + broken, broken);
            return;
        }
        if (still) {
            channel.pausing.told();
        }
    }
}
