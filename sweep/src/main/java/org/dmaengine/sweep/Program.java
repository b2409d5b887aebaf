package org.dmaengine.sweep;

import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimModel;

import java.util.List;

/**
 * A random program: threads that each do their steps, on a controller with its faults. Together
 * with its seed, which decides who runs when, it is a run.
 *
 * @param seed of the schedule
 * @param model the controller
 * @param plan what goes wrong
 * @param channels how many channels the threads share
 * @param depthMax the depth of each
 * @param hurryOneIn how often the clock jumps early; 0 is never
 * @param looksOneIn after each so many steps the oracle asks for outcomes: what core does only
 *     where somebody asks is not to be made good by a question of the oracle
 * @param scripts the steps of each thread
 */
record Program(
        long seed,
        SimModel model,
        FaultPlan plan,
        int channels,
        int depthMax,
        int hurryOneIn,
        int looksOneIn,
        List<List<Step>> scripts) {

    Program withScripts(List<List<Step>> newScripts) {
        return with(plan, looksOneIn, newScripts);
    }

    Program withPlan(FaultPlan newPlan) {
        return with(newPlan, looksOneIn, scripts);
    }

    Program withLooksOneIn(int newLooksOneIn) {
        return with(plan, newLooksOneIn, scripts);
    }

    private Program with(FaultPlan newPlan, int newLooksOneIn, List<List<Step>> newScripts) {
        return new Program(
                seed, model, newPlan, channels, depthMax, hurryOneIn, newLooksOneIn, newScripts);
    }

    /** How much there is to it: steps, faults and threads. */
    int size() {
        return scripts.stream().mapToInt(List::size).sum() + plan.faults().size() + scripts.size();
    }

    /** In words, one line for each thread's step. */
    String describe() {
        StringBuilder text =
                new StringBuilder("controller: ")
                        .append(model)
                        .append("\nfaults:     ")
                        .append(plan)
                        .append("\nchannels:   ")
                        .append(channels)
                        .append(", depth ")
                        .append(depthMax)
                        .append("\nlooks:      ")
                        .append(
                                looksOneIn == 1
                                        ? "after each step"
                                        : "after each " + looksOneIn + " steps")
                        .append('\n');
        for (int i = 0; i < scripts.size(); i++) {
            text.append("client-").append(i).append('\n');
            scripts.get(i).forEach(step -> text.append("    ").append(step).append('\n'));
        }
        return text.toString();
    }
}
