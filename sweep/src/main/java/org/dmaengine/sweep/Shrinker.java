package org.dmaengine.sweep;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes a failing program smaller, as long as it fails in the same way: looked at after each step,
 * then fewer threads, then fewer steps, then fewer faults, then callbacks that do nothing. Each
 * attempt is a run of its own.
 */
final class Shrinker {
    /** A run that hangs takes many steps, so steps are what is bounded. */
    private static final long STEPS_MAX = 600_000;

    private final Sabotage sabotage;
    private final String failure;
    private Program smallest;
    private long steps;

    private Shrinker(Program program, String failure, Sabotage sabotage) {
        this.smallest = program;
        this.failure = failure;
        this.sabotage = sabotage;
    }

    /** The smallest program found that fails in the same way as this one. */
    static Program shrink(Program program, Throwable violation, Sabotage sabotage) {
        Shrinker shrinker = new Shrinker(program, kindOf(violation), sabotage);
        shrinker.accept(program.withLooksOneIn(1));
        int size;
        do {
            size = shrinker.smallest.size();
            shrinker.dropScripts();
            shrinker.dropSteps();
            shrinker.dropFaults();
            shrinker.calmCallbacks();
        } while (shrinker.smallest.size() < size && shrinker.steps < STEPS_MAX);
        return shrinker.smallest;
    }

    /** The rule, or what was thrown. */
    private static String kindOf(@Nullable Throwable violation) {
        return switch (violation) {
            case null -> "";
            case Violation broken -> broken.rule();
            default -> violation.getClass().getName();
        };
    }

    private boolean accept(Program smaller) {
        if (steps >= STEPS_MAX) {
            return false;
        }
        World.Result result = World.run(smaller, false, sabotage);
        steps += result.steps();
        boolean same = kindOf(result.violation()).equals(failure);
        smallest = same ? smaller : smallest;
        return same;
    }

    private void dropScripts() {
        for (int i = smallest.scripts().size() - 1; i >= 0; i--) {
            List<List<Step>> scripts = new ArrayList<>(smallest.scripts());
            scripts.set(i, List.of());
            accept(smallest.withScripts(scripts));
        }
    }

    /** Halves first, single steps at last. */
    private void dropSteps() {
        for (int i = 0; i < smallest.scripts().size(); i++) {
            for (int piece = smallest.scripts().get(i).size(); piece >= 1; piece /= 2) {
                for (int from = 0; from < smallest.scripts().get(i).size(); ) {
                    List<Step> steps = new ArrayList<>(smallest.scripts().get(i));
                    steps.subList(from, Math.min(from + piece, steps.size())).clear();
                    from += accept(with(i, steps)) ? 0 : piece;
                }
            }
        }
    }

    private void dropFaults() {
        for (long transfer : List.copyOf(smallest.plan().faults().keySet())) {
            accept(smallest.withPlan(smallest.plan().without(transfer)));
        }
    }

    private void calmCallbacks() {
        for (int i = 0; i < smallest.scripts().size(); i++) {
            for (int j = 0; j < smallest.scripts().get(i).size(); j++) {
                Step step = smallest.scripts().get(i).get(j);
                if (step.behaviour().style() != Behaviour.Style.NONE) {
                    List<Step> steps = new ArrayList<>(smallest.scripts().get(i));
                    steps.set(j, step.withBehaviour(Behaviour.NONE));
                    accept(with(i, steps));
                }
            }
        }
    }

    private Program with(int script, List<Step> steps) {
        List<List<Step>> scripts = new ArrayList<>(smallest.scripts());
        scripts.set(script, List.copyOf(steps));
        return smallest.withScripts(scripts);
    }
}
