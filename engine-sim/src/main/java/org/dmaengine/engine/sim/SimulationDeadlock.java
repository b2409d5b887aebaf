package org.dmaengine.engine.sim;

/** Nobody in a simulation can run, and no deadline will change that. */
public final class SimulationDeadlock extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationDeadlock(long nowNanos, String whereabouts) {
        super("deadlock at " + nowNanos + " ns: all threads wait for ever\n" + whereabouts);
    }
}
