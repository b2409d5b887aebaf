package org.dmaengine.testkit;

import org.dmaengine.engine.sim.Simulation;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/** All who take part in a scenario beside its own thread, and whatever might hang. */
final class Parties {
    private final ScenarioClock clock;
    private final List<Party<?>> all = new CopyOnWriteArrayList<>();

    Parties(ScenarioClock clock) {
        this.clock = clock;
    }

    /** Somebody else does this. */
    <T> Party<T> start(String what, Callable<T> body) {
        Party<T> party = new Party<>(clock, what, body);
        all.add(party);
        return party;
    }

    /** Somebody else does this. */
    Party<Boolean> run(String what, Runnable body) {
        return start(
                what,
                () -> {
                    body.run();
                    return true;
                });
    }

    /** Does what might hang; it must have returned before the deadline. */
    <T> T within(String what, Callable<T> body) {
        return start(what, body).result();
    }

    /** Does what might hang; it must have returned before the deadline. */
    void runWithin(String what, Runnable body) {
        run(what, body).result();
    }

    /** Interrupts a party, wherever it waits. */
    void interrupt(Party<?> party) {
        if (clock.scheduler() instanceof Simulation simulation) {
            simulation.interrupt(party.thread());
        } else {
            party.thread().interrupt();
        }
    }

    /** All must end, none hangs, and nothing that one throws is lost. */
    void close(Problems problems) {
        all.forEach(each -> problems.attempt(each::close));
    }
}
