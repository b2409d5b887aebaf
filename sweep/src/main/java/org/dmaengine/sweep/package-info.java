/**
 * Simulation sweeps: random programs over the whole client API against random controllers and fault
 * plans. {@link org.dmaengine.sweep.ProgramGenerator} draws a {@link org.dmaengine.sweep.Program}
 * from a seed, {@link org.dmaengine.sweep.World} runs it in a simulation, with a {@link
 * org.dmaengine.sweep.Script} for each client, and {@link org.dmaengine.sweep.Oracle} checks after
 * every step what the contract promises. What fails is shrunk by {@link
 * org.dmaengine.sweep.Shrinker}.
 */
@NullMarked
package org.dmaengine.sweep;

import org.jspecify.annotations.NullMarked;
