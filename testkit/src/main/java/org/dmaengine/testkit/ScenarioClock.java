package org.dmaengine.testkit;

import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.Simulation;
import org.dmaengine.spi.Scheduler;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The one clock of a scenario, and all that waits by it: virtual on the simulated controller, real
 * on other engines. Nobody waits for ever.
 */
final class ScenarioClock {
    private static final long LOOK_MIN_NANOS = 1_000;
    private static final long LOOK_MAX_NANOS = 100_000;
    private static final Duration REAL_WHILE = Duration.ofMillis(5);
    private static final Duration VIRTUAL_WHILE = Duration.ofMillis(1);

    private final Scheduler scheduler;
    private final Duration deadline;
    private final Choices choices;

    ScenarioClock(Scheduler scheduler, Duration deadline, Choices choices) {
        this.scheduler = scheduler;
        this.deadline = deadline;
        this.choices = choices;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    private boolean isVirtual() {
        return scheduler instanceof Simulation;
    }

    /** Waits until it is so, or fails at the deadline. */
    void await(String what, BooleanSupplier condition) {
        if (!becomes(condition)) {
            throw new AssertionError("not within " + deadline + ": " + what);
        }
    }

    /** The same; not in virtual time, where threads are never late. */
    void awaitInRealTime(String what, BooleanSupplier condition) {
        if (!isVirtual()) {
            await(what, condition);
        }
    }

    /** Waits until it is so; false if it is not by the deadline. */
    boolean becomes(BooleanSupplier condition) {
        long end = deadlineFromNow();
        long look = LOOK_MIN_NANOS;
        while (!condition.getAsBoolean()) {
            if (isOver(end)) {
                return condition.getAsBoolean();
            }
            scheduler.park(look);
            look = Math.min(2 * look, LOOK_MAX_NANOS);
        }
        return true;
    }

    /** When what begins now must have happened. */
    long deadlineFromNow() {
        return scheduler.nanoTime() + deadline.toNanos();
    }

    /** True from that time on. */
    boolean isOver(long endNanos) {
        return endNanos - scheduler.nanoTime() <= 0;
    }

    /** A while that is long for an engine: time enough for what must not happen. */
    void aWhile() {
        pass(whileLong());
    }

    /** The same, as a timeout. */
    Duration whileLong() {
        return isVirtual() ? VIRTUAL_WHILE : REAL_WHILE;
    }

    /** Lets so much time go by. */
    void pass(Duration time) {
        long end = scheduler.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - scheduler.nanoTime()) {
            scheduler.park(left);
        }
    }

    /** Between two looks of somebody who polls: others may go on. */
    void look() {
        if (isVirtual()) {
            scheduler.park(choices.below(500));
        } else {
            Thread.onSpinWait();
        }
    }

    /** A short while, another one each time. */
    void passSome(int nanosMax) {
        long end = scheduler.nanoTime() + choices.below(nanosMax);
        while (end - scheduler.nanoTime() > 0) {
            if (isVirtual()) {
                scheduler.park(end - scheduler.nanoTime());
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
