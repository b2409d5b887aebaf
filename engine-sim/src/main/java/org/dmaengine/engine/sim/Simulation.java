package org.dmaengine.engine.sim;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Time, threads and waits of a deterministic run: give it to {@link
 * org.dmaengine.EngineOptions#withScheduler}. The same seed and the same program give the same run,
 * lost wake-ups and deadlocks included.
 *
 * <p>One thread runs at a time: the one that holds the baton. It hands the baton on where it waits
 * ({@link #park}), ends, or offers it ({@link #pass}); the seed says to whom. Between these points
 * it runs alone. The clock stands still while anybody can run, and then jumps to the next deadline;
 * with {@link #hurry} it also jumps now and then while others could run, so that deadlines pass
 * early.
 *
 * <p>The thread that creates a simulation is its first member and holds the baton; others are
 * started with {@link #start}. They are virtual threads, for a hand-over costs well under a
 * microsecond between them. A thread from outside may not wait in a simulation. None of its members
 * may hold a monitor where it hands on the baton.
 *
 * <p>If nobody can run and no deadline is set, it is a deadlock: the first thread gets a {@link
 * SimulationDeadlock} that says where everybody waits.
 */
public final class Simulation implements Scheduler, AutoCloseable {
    /** Looks at the state of things between two steps. */
    @FunctionalInterface
    public interface StepListener {
        /** The thread that held the baton hands it on; what is thrown goes to the first thread. */
        void stepped();
    }

    private final Choices choices;
    private final SimThread first;
    private final Timers timers = new Timers();

    // Owned by whoever holds the baton, and handed on with it (SimThread.turn).
    private final List<SimThread> runnable = new ArrayList<>();
    private final List<SimThread> alive = new ArrayList<>();
    private SimThread running;
    private long nowNanos;
    private long steps;
    private long stepsMax = Long.MAX_VALUE;
    private int hurryOneIn;
    private int born;
    private @Nullable StepListener listener;
    private @Nullable Throwable failure;
    private boolean over;

    /** A run drawn from this seed; the calling thread is its first. */
    public Simulation(long seed) {
        this(Choices.of(seed));
    }

    /** A run that asks {@code choices} wherever more than one way is open. */
    public Simulation(Choices choices) {
        this.choices = choices;
        this.first = new SimThread("main", Thread.currentThread());
        this.running = first;
        alive.add(first);
    }

    /** Lets the clock jump early, before one step in so many; 0 is never. */
    public void hurry(int oneIn) {
        hurryOneIn = oneIn;
    }

    /** Fails with {@link SimulationStuck} after so many steps: somebody spins. */
    public void stepsMax(long max) {
        stepsMax = max;
    }

    /** Called between any two steps, by whichever thread hands on the baton; it must not wait. */
    public void onStep(StepListener newListener) {
        listener = newListener;
    }

    /** Steps so far: how often the baton was handed on, or kept where it could have been. */
    public long steps() {
        return steps;
    }

    /** Where the run takes its choices from. */
    public Choices choices() {
        return choices;
    }

    // ---- Scheduler

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public void park(long nanos) {
        SimThread me = requireMember();
        if (nanos <= 0) {
            pass();
            return;
        }
        if (me.permit || me.thread().isInterrupted()) {
            me.permit = false;
            pass();
            return;
        }
        if (nanos != Long.MAX_VALUE) {
            timers.add(me, nowNanos + nanos);
        }
        me.state = SimThread.State.PARKED;
        handOn(me);
        me.permit = false;
    }

    @Override
    public void unpark(Thread thread) {
        SimThread sleeper = memberOf(thread);
        if (sleeper == null) {
            return;
        }
        sleeper.permit = true;
        wake(sleeper);
    }

    /** Starts a member as a virtual thread; it runs when the baton comes to it. */
    @Override
    public Thread start(String name, Runnable body) {
        return begin(new SimThread(name, body, this, false));
    }

    @Override
    public Thread startNative(String name, Runnable body) {
        return begin(new SimThread(name, body, this, true));
    }

    private Thread begin(SimThread newcomer) {
        newcomer.number = ++born;
        alive.add(newcomer);
        runnable.add(newcomer);
        return newcomer.thread();
    }

    // ---- For programs that know they are simulated

    /** Offers the baton: any thread that can run may go on first. */
    public void pass() {
        SimThread me = requireMember();
        me.state = SimThread.State.RUNNABLE;
        runnable.add(me);
        handOn(me);
    }

    /** The same for engines: what failed meanwhile is kept for the next place outside of one. */
    void passUnderEngine() {
        pass();
    }

    /** Lets this much virtual time go by. */
    public void advance(Duration duration) {
        advance(duration.toNanos());
    }

    /** Lets this much virtual time go by, in nanoseconds. */
    public void advance(long nanos) {
        long until = nowNanos + nanos;
        while (nowNanos < until) {
            park(until - nowNanos);
        }
    }

    /**
     * Lets the others run until the condition holds, or so much virtual time is over.
     *
     * @return whether it holds
     */
    public boolean await(BooleanSupplier condition, Duration timeout) {
        long until = nowNanos + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (nowNanos >= until) {
                return false;
            }
            park(Math.max(1, Math.min(1_000, until - nowNanos)));
        }
        return true;
    }

    /** Interrupts a member, wherever it waits. */
    public void interrupt(Thread thread) {
        SimThread member = memberOf(thread);
        if (member != null) {
            member.interrupted = true;
            wake(member);
        }
    }

    /** The names of the members that have not ended, the first thread left out. */
    public List<String> threads() {
        return alive.stream().filter(each -> each != first).map(SimThread::name).toList();
    }

    /** The number of the calling member: 0 is the first, then in the order of their start. */
    public int self() {
        return requireMember().number;
    }

    /** The calling member's name. */
    public String selfName() {
        return requireMember().name();
    }

    /**
     * Ends the run: every other member that still waits gets an error where it stands, and has
     * ended when this returns.
     */
    @Override
    public void close() {
        requireMember();
        over = true;
        listener = null;
        timers.clear();
        while (alive.size() > 1) {
            for (SimThread each : alive) {
                if (each.state == SimThread.State.PARKED) {
                    each.state = SimThread.State.RUNNABLE;
                    runnable.add(each);
                }
            }
            pass();
        }
    }

    // ---- The baton

    private SimThread requireMember() {
        SimThread me = running;
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

    private @Nullable SimThread memberOf(Thread thread) {
        for (int i = 0; i < alive.size(); i++) {
            if (alive.get(i).thread().equals(thread)) {
                return alive.get(i);
            }
        }
        return null;
    }

    private void wake(SimThread sleeper) {
        if (sleeper.state == SimThread.State.PARKED) {
            sleeper.state = SimThread.State.RUNNABLE;
            timers.remove(sleeper);
            runnable.add(sleeper);
        }
    }

    /** The calling thread has put itself where it belongs; returns when its turn comes again. */
    private void handOn(SimThread me) {
        SimThread next = choose();
        if (next != me) {
            running = next;
            next.give();
            me.awaitTurn();
        }
        me.state = SimThread.State.RUNNING;
        if (over && me != first) {
            throw new SimulationOver();
        }
        if (me == first && failure != null) {
            throwFailure();
        }
    }

    /** A member's body is over: the last thing its thread does here. */
    void ended(SimThread me, @Nullable Throwable thrown) {
        alive.remove(me);
        if (thrown != null && !(thrown instanceof SimulationOver)) {
            fail(thrown);
        }
        SimThread next = choose();
        running = next;
        next.give();
    }

    private void throwFailure() {
        Throwable thrown = failure;
        failure = null;
        switch (thrown) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case null, default -> throw new IllegalStateException(thrown);
        }
    }

    /** The first failure is the one that counts; it reaches the first thread at once. */
    private void fail(Throwable thrown) {
        if (failure == null && !over) {
            failure = thrown;
            wake(first);
        }
    }

    private SimThread choose() {
        steps++;
        if (listener != null && failure == null) {
            try {
                listener.stepped();
            } catch (RuntimeException | Error violation) {
                fail(violation);
            }
        }
        if (steps > stepsMax && failure == null) {
            fail(new SimulationStuck(steps, nowNanos, whereabouts()));
            stepsMax = Long.MAX_VALUE;
        }
        if (failure != null && runnable.remove(first)) {
            return first;
        }
        if (runnable.isEmpty() || (hurryOneIn > 0 && choices.oneIn(hurryOneIn))) {
            passTime();
        }
        if (runnable.isEmpty()) {
            fail(new SimulationDeadlock(nowNanos, whereabouts()));
        }
        return runnable.remove(choices.thread(runnable));
    }

    /** To the next deadline, and wakes all whose time has come. */
    private void passTime() {
        SimThread due = timers.first();
        if (due == null) {
            return;
        }
        nowNanos = Math.max(nowNanos, due.wakeAtNanos);
        for (; due != null && due.wakeAtNanos <= nowNanos; due = timers.first()) {
            wake(due);
        }
    }

    private String whereabouts() {
        StringBuilder text = new StringBuilder();
        for (SimThread each : alive) {
            each.describe(text);
        }
        return text.toString();
    }
}
