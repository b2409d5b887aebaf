package org.dmaengine.engine.sim;

import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * SimulationDeadlock} that says where everybody waits. What another member throws reaches the first
 * thread too, and ends its wait.
 */
public final class Simulation implements Scheduler, AutoCloseable {
    /** Looks at the state of things between two steps. */
    @FunctionalInterface
    public interface StepListener {
        /** The thread that held the baton hands it on; what is thrown goes to the first thread. */
        void stepped();
    }

    private static final long STEPS_TO_CLOSE_MAX = 100_000;

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
    // Rises whenever something may have changed that those who watch wait for.
    private long changes;
    // The first failure, and one that the first thread is still to be told.
    private @Nullable Throwable failure;
    private @Nullable Throwable pending;
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
        if (oneIn < 0) {
            throw new IllegalArgumentException("one in " + oneIn + " must not be negative");
        }
        hurryOneIn = oneIn;
    }

    /**
     * Fails with {@link SimulationStuck} after so many steps: somebody spins. A thread that spins
     * without handing on the baton is not found.
     */
    public void stepsMax(long max) {
        if (max < 1) {
            throw new IllegalArgumentException("at most " + max + " steps is less than one");
        }
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

    /**
     * The first thing that went wrong: what a member threw, or a deadlock. The first thread was
     * told by an exception; code that swallows exceptions, such as that which calls callbacks, does
     * not hide it from here.
     */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
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
        sleep(me, nanosFromNow(nanos));
        me.permit = false;
    }

    /** Until somebody wakes it, or this time has come; {@link Long#MAX_VALUE} is never. */
    private void sleep(SimThread me, long untilNanos) {
        if (untilNanos != Long.MAX_VALUE) {
            timers.add(me, untilNanos);
        }
        me.state = SimThread.State.PARKED;
        handOn(me);
    }

    private long nanosFromNow(long nanos) {
        return Saturated.sum(nowNanos, nanos);
    }

    @Override
    public void unpark(Thread thread) {
        requireMember();
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
        requireMember();
        newcomer.number = ++born;
        if (!over) {
            alive.add(newcomer);
            runnable.add(newcomer);
        }
        return newcomer.thread();
    }

    // ---- For programs that know they are simulated

    /** Offers the baton: any thread that can run may go on first. */
    public void pass() {
        passUnderEngine();
        throwIfFailed();
    }

    /**
     * The same inside an engine, whose caller may swallow exceptions: what failed meanwhile is told
     * at the next place outside of one.
     */
    void passUnderEngine() {
        SimThread me = requireMember();
        me.state = SimThread.State.RUNNABLE;
        runnable.add(me);
        takeTurns(me);
    }

    /** Lets this much virtual time go by, interrupted or not. */
    public void advance(Duration duration) {
        advance(duration.toNanos());
    }

    /** Lets this much virtual time go by, in nanoseconds. */
    public void advance(long nanos) {
        SimThread me = requireMember();
        long untilNanos = nanosFromNow(nanos);
        while (nowNanos < untilNanos) {
            sleep(me, untilNanos);
        }
    }

    /**
     * Lets the others run until the condition holds, or so much virtual time is over. The condition
     * is looked at whenever all others wait, and whenever time has passed; it must not wait itself.
     *
     * @return whether it holds
     */
    public boolean await(BooleanSupplier condition, Duration timeout) {
        SimThread me = requireMember();
        long untilNanos = nanosFromNow(timeout.toNanos());
        me.watching = true;
        try {
            boolean met = condition.getAsBoolean();
            while (!met && nowNanos < untilNanos) {
                me.lookedAt = changes;
                sleep(me, untilNanos);
                met = condition.getAsBoolean();
            }
            return met;
        } finally {
            me.watching = false;
            changes++;
        }
    }

    /**
     * Interrupts a member, wherever it waits. {@link Thread#interrupt} sets its flag too, and lets
     * it sleep on in virtual time.
     */
    public void interrupt(Thread thread) {
        SimThread caller = requireMember();
        SimThread member = memberOf(thread);
        if (member == caller) {
            thread.interrupt();
        } else if (member != null) {
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
     * Ends the run, by the first thread: every other member that still waits gets an error where it
     * stands, and has ended when this returns. Those that never had the baton never get it.
     *
     * @throws SimulationStuck if a member does not let itself be ended
     */
    @Override
    public void close() {
        SimThread me = requireMember();
        if (me != first) {
            throw new IllegalStateException(
                    "the simulation is closed by its first thread, not by '" + me.name() + "'");
        }
        over = true;
        listener = null;
        hurryOneIn = 0;
        timers.clear();
        alive.removeIf(each -> !each.hasBegun());
        runnable.removeIf(each -> !each.hasBegun());
        long lastStep = steps + STEPS_TO_CLOSE_MAX;
        while (alive.size() > 1) {
            if (steps > lastStep) {
                throw new SimulationStuck(steps, nowNanos, whereabouts());
            }
            alive.forEach(this::wake);
            passUnderEngine();
        }
        throwIfFailed();
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
        takeTurns(me);
        throwIfFailed();
    }

    private void takeTurns(SimThread me) {
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

    /** Tells the first thread, once. */
    private void throwIfFailed() {
        if (pending == null || running != first) {
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

    /** It reaches the first thread at once. */
    private void fail(Throwable thrown) {
        if (pending == null && !over) {
            pending = thrown;
            failure = failure == null ? thrown : failure;
            wake(first);
        }
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
            fail(new SimulationStuck(steps, nowNanos, whereabouts()));
            stepsMax = Long.MAX_VALUE;
        }
        if (pending != null && runnable.remove(first)) {
            return first;
        }
        if (runnable.isEmpty()) {
            wakeWatchers();
        }
        if (runnable.isEmpty() || (hurryOneIn > 0 && choices.oneIn(hurryOneIn))) {
            passTime();
        }
        if (runnable.isEmpty()) {
            fail(new SimulationDeadlock(nowNanos, whereabouts()));
        }
        SimThread next = runnable.remove(choices.thread(runnable));
        if (!next.watching) {
            changes++;
        }
        return next;
    }

    /** Those who have not looked since somebody else ran. */
    private void wakeWatchers() {
        for (SimThread each : alive) {
            if (each.watching && each.lookedAt != changes) {
                wake(each);
            }
        }
    }

    /** To the next deadline, and wakes all whose time has come. */
    private void passTime() {
        SimThread due = timers.first();
        if (due == null) {
            return;
        }
        nowNanos = Math.max(nowNanos, due.wakeAtNanos);
        changes++;
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
