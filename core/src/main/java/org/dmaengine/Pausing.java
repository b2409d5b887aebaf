package org.dmaengine;

/** Pause and resume (C13). A pause waits until no byte moves; whatever takes it back wakes it. */
final class Pausing {
    private enum Hold {
        RUNNING,
        PAUSING,
        PAUSED
    }

    private final VirtualChannel channel;

    // Volatile: written under the lock, read by state() without it.
    private volatile Hold hold = Hold.RUNNING;
    // Rises with every pause taken back, so that a waiting pause notices.
    private long holdChanges;

    Pausing(VirtualChannel channel) {
        this.channel = channel;
    }

    /** Paused, or about to be: nothing starts. */
    boolean isHeld() {
        return hold != Hold.RUNNING;
    }

    /** Any thread may call. */
    boolean isPaused() {
        return hold == Hold.PAUSED;
    }

    /** Under the lock: something on the engine has ended. */
    void ended() {
        if (hold == Hold.PAUSING && channel.onEngine() == 0) {
            hold = Hold.PAUSED;
        }
    }

    void pause() {
        requirePausable();
        int todo;
        long changes;
        boolean mine;
        synchronized (channel.lock) {
            channel.requireUsable();
            changes = holdChanges;
            mine = hold == Hold.RUNNING;
            if (mine) {
                if (channel.onEngine() == 0) {
                    hold = Hold.PAUSED;
                } else {
                    hold = Hold.PAUSING;
                    channel.control.wishPause();
                    channel.bottomHalf.note(BottomHalf.CONTROL);
                }
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
        if (CallbackContext.isOnEngineThread()) {
            requirePausedAtOnce(mine);
        }
        channel.waiters.await(
                () -> hold != Hold.PAUSING || holdChanges != changes || channel.loss.isLost(),
                Deadline.NONE);
        synchronized (channel.lock) {
            if (channel.loss.isLost()) {
                throw channel.loss.exception();
            }
            if (holdChanges != changes) {
                throw new IllegalStateException(
                        "channel '"
                                + channel.name()
                                + "' was resumed, terminated or closed while pause() waited");
            }
        }
    }

    /** On the thread that the engine needs for its answer, there is no waiting for it (C10). */
    private void requirePausedAtOnce(boolean mine) {
        int todo;
        synchronized (channel.lock) {
            if (hold != Hold.PAUSING) {
                return;
            }
            if (mine) {
                clearPause();
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
        throw new CallbackContextException("pause()");
    }

    void resume() {
        requirePausable();
        int todo;
        synchronized (channel.lock) {
            channel.requireUsable();
            if (hold == Hold.RUNNING) {
                throw new IllegalStateException(
                        "channel '" + channel.name() + "' is not paused; resume() follows pause()");
            }
            clearPause();
            if (channel.ring.hasToStart() && !channel.isHeldUp()) {
                channel.bottomHalf.note(BottomHalf.START);
            }
            todo = channel.bottomHalf.take();
        }
        channel.bottomHalf.run(todo);
    }

    private void requirePausable() {
        if (!channel.engine.description().capabilities().contains(Capability.PAUSE)) {
            throw new UnsupportedOperationException(
                    "engine '" + channel.engine.name() + "' cannot pause; terminate instead");
        }
    }

    /** Under the lock: nothing is paused any more. */
    void clearPause() {
        if (hold == Hold.RUNNING) {
            return;
        }
        hold = Hold.RUNNING;
        holdChanges++;
        channel.control.wishResume();
        channel.bottomHalf.note(BottomHalf.CONTROL);
        channel.waiters.wake();
    }

    /** No byte moves any more, unless the pause was taken back meanwhile. */
    void told() {
        synchronized (channel.lock) {
            if (hold == Hold.PAUSING && channel.control.isPauseTold()) {
                hold = Hold.PAUSED;
                channel.waiters.wake();
            }
        }
    }
}
