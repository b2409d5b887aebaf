package org.dmaengine.engine.sim;

/** Takes a member out of a simulation that is over, from wherever it waits. */
final class SimulationOver extends Error {
    private static final long serialVersionUID = 1L;

    SimulationOver() {
        super("the simulation is over", null, false, false);
    }
}
