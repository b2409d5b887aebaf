/**
 * A simulated DMA controller, and the simulation that it and its clients run in.
 *
 * <p>{@link org.dmaengine.engine.sim.SimEngine} is an engine like any other: it moves real bytes,
 * at the times, in the bursts and with the faults that a {@link org.dmaengine.engine.sim.SimModel}
 * and a {@link org.dmaengine.engine.sim.FaultPlan} say. Under {@link
 * org.dmaengine.engine.sim.Simulation} it runs in virtual time, with one thread at a time, chosen
 * by a seed, so that the seed replays the run. Under the system's scheduler it runs in real time.
 */
@NullMarked
package org.dmaengine.engine.sim;

import org.jspecify.annotations.NullMarked;
