package org.dmaengine.engine.sim;

import org.dmaengine.spi.Scheduler;

import java.time.Duration;
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
    private final SimMembers members;
    private final Baton baton;

    /** A run drawn from this seed; the calling thread is its first. */
    public Simulation(long seed) {
        this(Choices.of(seed));
    }

    /** A run that asks {@code choices} wherever more than one way is open. */
    public Simulation(Choices choices) {
        this.choices = choices;
        this.members = new SimMembers(new SimThread("main", Thread.currentThread()));
        this.baton = new Baton(choices, members);
    }

    /** Lets the clock jump early, before one step in so many; 0 is never. */
    public void hurry(int oneIn) {
        if (oneIn < 0) {
            throw new IllegalArgumentException("one in " + oneIn + " must not be negative");
        }
        baton.hurry(oneIn);
    }

    /**
     * Fails with {@link SimulationStuck} after so many steps: somebody spins. A thread that spins
     * without handing on the baton is not found.
     */
    public void stepsMax(long max) {
        if (max < 1) {
            throw new IllegalArgumentException("at most " + max + " steps is less than one");
        }
        baton.stepsMax(max);
    }

    /** Called between any two steps, by whichever thread hands on the baton; it must not wait. */
    public void onStep(StepListener newListener) {
        baton.onStep(newListener);
    }

    /** Steps so far: how often the baton was handed on, or kept where it could have been. */
    public long steps() {
        return baton.steps();
    }

    /**
     * The first thing that went wrong: what a member threw, or a deadlock. The first thread was
     * told by an exception; code that swallows exceptions, such as that which calls callbacks, does
     * not hide it from here.
     */
    public Optional<Throwable> failure() {
        return baton.failure();
    }

    /** Where the run takes its choices from. */
    public Choices choices() {
        return choices;
    }

    // ---- Scheduler

    @Override
    public long nanoTime() {
        return members.nowNanos();
    }

    @Override
    public void park(long nanos) {
        SimThread me = baton.requireHolder();
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

    private void sleep(SimThread me, long untilNanos) {
        // The first thread is told before it sleeps: afterwards nobody might be left to wake it.
        baton.throwIfFailed();
        members.sleep(me, untilNanos);
        baton.handOn(me);
    }

    private long nanosFromNow(long nanos) {
        return Saturated.sum(members.nowNanos(), nanos);
    }

    @Override
    public void unpark(Thread thread) {
        baton.requireHolder();
        SimThread sleeper = members.of(thread);
        if (sleeper == null) {
            return;
        }
        sleeper.permit = true;
        members.wake(sleeper);
    }

    /** Starts a member as a virtual thread; it runs when the baton comes to it. */
    @Override
    public Thread start(String name, Runnable body) {
        return begin(new SimThread(name, body, baton, false));
    }

    @Override
    public Thread startNative(String name, Runnable body) {
        return begin(new SimThread(name, body, baton, true));
    }

    private Thread begin(SimThread newcomer) {
        baton.requireHolder();
        members.join(newcomer);
        return newcomer.thread();
    }

    // ---- For programs that know they are simulated

    /** Offers the baton: any thread that can run may go on first. */
    public void pass() {
        passUnderEngine();
        baton.throwIfFailed();
    }

    /**
     * The same inside an engine, whose caller may swallow exceptions: what failed meanwhile is told
     * at the next place outside of one.
     */
    void passUnderEngine() {
        SimThread me = baton.requireHolder();
        members.offer(me);
        baton.takeTurns(me);
    }

    /** Lets this much virtual time go by, interrupted or not. */
    public void advance(Duration duration) {
        advance(duration.toNanos());
    }

    /** Lets this much virtual time go by, in nanoseconds. */
    public void advance(long nanos) {
        SimThread me = baton.requireHolder();
        long untilNanos = nanosFromNow(nanos);
        while (members.nowNanos() < untilNanos) {
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
        SimThread me = baton.requireHolder();
        long untilNanos = nanosFromNow(timeout.toNanos());
        members.watch(me);
        try {
            boolean met = condition.getAsBoolean();
            while (!met && members.nowNanos() < untilNanos) {
                members.looked(me);
                sleep(me, untilNanos);
                met = condition.getAsBoolean();
            }
            return met;
        } finally {
            members.watchNoMore(me);
        }
    }

    /**
     * Interrupts a member, wherever it waits. {@link Thread#interrupt} sets its flag too, and lets
     * it sleep on in virtual time.
     */
    public void interrupt(Thread thread) {
        SimThread caller = baton.requireHolder();
        SimThread member = members.of(thread);
        if (member == caller) {
            thread.interrupt();
        } else if (member != null) {
            member.interrupted = true;
            members.wake(member);
        }
    }

    /** The names of the members that have not ended, the first thread left out. */
    public List<String> threads() {
        return members.names();
    }

    /** The number of the calling member: 0 is the first, then in the order of their start. */
    public int self() {
        return baton.requireHolder().number;
    }

    /** The calling member's name. */
    public String selfName() {
        return baton.requireHolder().name();
    }

    /**
     * Ends the run, by the first thread: every other member that still waits gets an error where it
     * stands, and has ended when this returns. Those that never had the baton never get it.
     *
     * @throws SimulationStuck if a member does not let itself be ended
     */
    @Override
    public void close() {
        SimThread me = baton.requireHolder();
        if (me != members.first) {
            throw new IllegalStateException(
                    "the simulation is closed by its first thread, not by '" + me.name() + "'");
        }
        baton.onStep(null);
        baton.hurry(0);
        members.end();
        long lastStep = baton.steps() + STEPS_TO_CLOSE_MAX;
        while (!members.isFirstAlone()) {
            if (baton.steps() > lastStep) {
                throw baton.stuck();
            }
            members.wakeAll();
            passUnderEngine();
        }
        baton.throwIfFailed();
    }
}
