package org.dmaengine.engine.sim;

import org.dmaengine.engine.sim.Simulation.StepListener;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Who of a simulation runs: the one that holds the baton. Where it hands it on, a step is over: the
 * listener looks, time passes if nobody can run, and the seed says who is next. What goes wrong
 * reaches the first thread, whatever the seed says.
 *
 * <p>All of this is owned by whoever holds it, and handed on with it ({@code SimThread.turn}).
 */
final class Baton {
    private final Choices choices;
    private final SimMembers members;

    private SimThread holder;
    private long steps;
    private long stepsMax = Long.MAX_VALUE;
    private int hurryOneIn;
    private @Nullable StepListener listener;
    // The first failure, and one that the first thread is still to be told.
    private @Nullable Throwable failure;
    private @Nullable Throwable pending;

    /** The first of the members holds it. */
    Baton(Choices choices, SimMembers members) {
        this.choices = choices;
        this.members = members;
        this.holder = members.first;
    }

    void hurry(int oneIn) {
        hurryOneIn = oneIn;
    }

    void stepsMax(long max) {
        stepsMax = max;
    }

    void onStep(@Nullable StepListener newListener) {
        listener = newListener;
    }

    long steps() {
        return steps;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    SimThread requireHolder() {
        SimThread me = holder;
        if (!me.thread().equals(Thread.currentThread())) {
            throw new IllegalStateException(
                    "thread '"
                            + Thread.currentThread().getName()
                            + "' is none of this simulation, or '"
                            + me.name()
                            + "' runs right now; start it with Simulation.start()");
        }
        return me;
    }

    // ---- Handing it on

    /** The calling thread has put itself where it belongs; returns when its turn comes again. */
    void handOn(SimThread me) {
        takeTurns(me);
        throwIfFailed();
    }

    /** The same, without what failed meanwhile. */
    void takeTurns(SimThread me) {
        SimThread next = choose();
        if (next != me) {
            holder = next;
            next.give();
            me.awaitTurn();
        }
        me.state = SimThread.State.RUNNING;
        if (members.isOver() && me != members.first) {
            throw new SimulationOver();
        }
    }

    /** A member's body is over: the last thing its thread does here. */
    void ended(SimThread me, @Nullable Throwable thrown) {
        members.leave(me);
        if (thrown != null && !(thrown instanceof SimulationOver)) {
            fail(thrown);
        }
        SimThread next = choose();
        holder = next;
        next.give();
    }

    private SimThread choose() {
        steps++;
        if (listener != null && pending == null) {
            try {
                listener.stepped();
            } catch (RuntimeException | Error violation) {
                fail(violation);
            }
        }
        if (steps > stepsMax && pending == null) {
            fail(stuck());
            stepsMax = Long.MAX_VALUE;
        }
        if (pending != null && members.takeFirst()) {
            return members.first;
        }
        if (!members.canRun()) {
            members.wakeWatchers();
        }
        if (!members.canRun() || (hurryOneIn > 0 && choices.oneIn(hurryOneIn))) {
            members.passTime();
        }
        if (!members.canRun()) {
            fail(new SimulationDeadlock(members.nowNanos(), members.whereabouts()));
        }
        return members.take(choices);
    }

    // ---- Failures

    SimulationStuck stuck() {
        return new SimulationStuck(steps, members.nowNanos(), members.whereabouts());
    }

    /** It reaches the first thread at once. */
    private void fail(Throwable thrown) {
        if (pending == null && !members.isOver()) {
            pending = thrown;
            failure = failure == null ? thrown : failure;
            members.wake(members.first);
        }
    }

    /** Tells the first thread, once. */
    void throwIfFailed() {
        if (pending == null || holder != members.first) {
            return;
        }
        Throwable thrown = pending;
        pending = null;
        switch (thrown) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(thrown);
        }
    }
}
