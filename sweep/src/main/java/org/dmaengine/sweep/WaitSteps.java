package org.dmaengine.sweep;

import org.dmaengine.Quiesced;
import org.dmaengine.Quiescence;
import org.dmaengine.StillOwned;
import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * The steps of a client that wait for work to end by itself: for all that was issued, or for one
 * transfer; with a deadline if the step has one. And what all waits have in common: in a callback
 * they are refused (C10), and an interrupt during one is over with it.
 */
final class WaitSteps {
    private final Simulation simulation;
    private final QuiescenceCheck quiescence;
    private final RareEvents rare;
    private final boolean inCallback;

    WaitSteps(World world, boolean inCallback) {
        this.simulation = world.simulation;
        this.quiescence = world.oracle.quiescence;
        this.rare = world.rare;
        this.inCallback = inCallback;
    }

    void drain(Step step, ChannelShadow channel) {
        if (inCallback) {
            refused(channel, () -> channel.channel.drain());
            return;
        }
        long issuedBefore = channel.issuedUpTo;
        if (step.nanos() < 0) {
            channel.channel.drain();
            quiescence.drained(channel, issuedBefore);
        } else {
            long deadline = simulation.nanoTime() + step.nanos();
            Quiescence answer = channel.channel.drain(Duration.ofNanos(step.nanos()));
            if (answer instanceof Quiesced) {
                quiescence.drained(channel, issuedBefore);
            } else {
                quiescence.answered(channel, 0, answer, simulation.nanoTime() >= deadline);
            }
        }
        interrupted();
    }

    void await(Step step, @Nullable TransferShadow mine) {
        if (mine == null || mine.handle == null) {
            return;
        }
        if (inCallback) {
            mine.handle.await();
            throw new Violation("C10", "await was allowed in a callback");
        }
        if (step.nanos() < 0) {
            mine.handle.await();
        } else if (mine.handle.await(Duration.ofNanos(step.nanos())) instanceof StillOwned owned
                && owned.transfers().isEmpty()
                && mine.handle.result().isEmpty()) {
            throw new Violation("C11", "still owned, and does not say what: " + owned);
        }
        interrupted();
    }

    void future(Step step, @Nullable TransferShadow mine) {
        if (mine == null || mine.handle == null) {
            return;
        }
        var future = mine.handle.toFuture();
        if (step.size() % 2 == 0) {
            future.cancel(true);
        }
    }

    /** In a callback it must be refused, and change nothing (C10). */
    void refused(ChannelShadow channel, Runnable wait) {
        long generation = channel.generation;
        wait.run();
        throw new Violation("C10", "a wait was allowed in a callback, in generation " + generation);
    }

    /** After a wait: the next one is not to find an interrupt that came during this one. */
    void interrupted() {
        if (Thread.interrupted()) {
            rare.count(RareEvent.INTERRUPT_DURING_A_WAIT);
        }
    }
}
