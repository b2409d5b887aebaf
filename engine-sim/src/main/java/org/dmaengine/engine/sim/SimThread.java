package org.dmaengine.engine.sim;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One member of a simulation: a real thread that runs only while it holds the baton. */
final class SimThread {
    enum State {
        /** Waits for the baton. */
        RUNNABLE,
        /** Holds the baton. */
        RUNNING,
        /** Waits for an unpark, an interrupt or its deadline. */
        PARKED
    }

    private static final int FRAMES_SHOWN = 12;

    // What is below the code that waits.
    private static final Set<String> OURS =
            Set.of(
                    SimThread.class.getName(),
                    SimMembers.class.getName(),
                    Baton.class.getName(),
                    Simulation.class.getName());

    private final String name;
    private final Thread thread;

    // Owned by whoever holds the baton.
    State state;
    boolean permit;
    boolean interrupted;
    long wakeAtNanos;
    int number;
    int priority;
    // It waits for a condition of its own, and has seen the simulation up to this change.
    boolean watching;
    long lookedAt;
    private boolean begun;

    // Volatile: the baton. What its former holder wrote is seen by the next.
    private volatile boolean turn;

    /** A thread that exists, and holds the baton. */
    SimThread(String name, Thread thread) {
        this.name = name;
        this.thread = thread;
        this.state = State.RUNNING;
        this.begun = true;
    }

    /** A thread that begins when the baton first comes to it. */
    SimThread(String name, Runnable body, Baton baton, boolean onPlatform) {
        this.name = name;
        this.state = State.RUNNABLE;
        Runnable whole =
                () -> {
                    Throwable thrown = null;
                    try {
                        state = State.RUNNING;
                        takeInterrupt(false);
                        body.run();
                    } catch (Throwable any) {
                        thrown = any;
                    }
                    baton.ended(this, thrown);
                };
        this.thread =
                onPlatform
                        ? Thread.ofPlatform().daemon(true).name(name).unstarted(whole)
                        : Thread.ofVirtual().name(name).unstarted(whole);
    }

    String name() {
        return name;
    }

    Thread thread() {
        return thread;
    }

    /** It had the baton once. */
    boolean hasBegun() {
        return begun;
    }

    /** Called by the holder of the baton, which is not its any more. */
    void give() {
        if (begun) {
            turn = true;
            LockSupport.unpark(thread);
        } else {
            begun = true;
            thread.start();
        }
    }

    /** By the thread itself. */
    void awaitTurn() {
        boolean kept = false;
        while (!turn) {
            LockSupport.park(this);
            kept |= Thread.interrupted();
        }
        turn = false;
        takeInterrupt(kept);
    }

    private void takeInterrupt(boolean kept) {
        if (kept || interrupted) {
            interrupted = false;
            thread.interrupt();
        }
    }

    void describe(StringBuilder text) {
        text.append("  ").append(name).append(' ').append(state).append('\n');
        StackTraceElement @Nullable [] frames = begun ? thread.getStackTrace() : null;
        int shown = 0;
        for (int i = 0; frames != null && i < frames.length && shown < FRAMES_SHOWN; i++) {
            String owner = frames[i].getClassName();
            if (!OURS.contains(owner) && !owner.startsWith("java.") && !owner.startsWith("jdk.")) {
                text.append("      ").append(frames[i]).append('\n');
                shown++;
            }
        }
    }
}
