package org.dmaengine.engine.sim;

/** A simulation took more steps than it was allowed: somebody spins. */
public final class SimulationStuck extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationStuck(long steps, long nowNanos, String whereabouts) {
        super("no end after " + steps + " steps, at " + nowNanos + " ns\n" + whereabouts);
    }
}
