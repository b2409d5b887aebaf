package org.dmaengine.testkit;

import org.dmaengine.DmaArena;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a {@link SimulationTest} works with: a simulation, a simulated engine in it, memory, and a
 * listener for faults. For the threads of the simulation only.
 */
public final class SimulationBench {
    private static final long STEPS_TO_CLEAN_UP_MAX = 1_000_000;
    private static final Duration TIME_TO_HEAL = Duration.ofSeconds(1);

    /** One engine of the test, with who watches it and what is under it. */
    private record Opened(SimEngine hardware, WatchedEngine watch, DmaEngine engine) {}

    private final Simulation simulation;
    private final Choices choices;
    private final SimModel model;
    private final FaultPlan faultPlan;
    private final DmaArena arena = DmaArena.open();
    private final List<Opened> opened = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Set<Fault.Kind> expected = EnumSet.noneOf(Fault.Kind.class);
    private @Nullable Opened main;

    SimulationBench(Choices choices, SimModel model, FaultPlan faultPlan) {
        this.choices = choices.fork();
        this.simulation = new Simulation(choices);
        this.model = model;
        this.faultPlan = faultPlan;
    }

    /** Time and threads; the test's thread is its first. */
    public Simulation simulation() {
        return simulation;
    }

    /** For what the test draws itself. */
    public Choices choices() {
        return choices;
    }

    /** How the test's engine behaves. */
    public SimModel model() {
        return model;
    }

    /** What goes wrong on the test's engine. */
    public FaultPlan faultPlan() {
        return faultPlan;
    }

    /** The test's engine, opened when it is first asked for. */
    public DmaEngine engine() {
        return mainEngine().engine;
    }

    /** The hardware under the test's engine. */
    public SimEngine hardware() {
        return mainEngine().hardware;
    }

    private Opened mainEngine() {
        Opened known = main;
        if (known == null) {
            known = openWatched(model, faultPlan);
            main = known;
        }
        return known;
    }

    /** One more engine, watched like the first. */
    public DmaEngine open(SimModel otherModel, FaultPlan otherPlan) {
        return openWatched(otherModel, otherPlan).engine;
    }

    private Opened openWatched(SimModel itsModel, FaultPlan itsPlan) {
        SimEngine hardware = new SimEngine(itsModel, itsPlan);
        WatchedEngine watch = new WatchedEngine(hardware);
        EngineOptions options =
                EngineOptions.defaults().withScheduler(simulation).withFaults(faults::add);
        Opened fresh = new Opened(hardware, watch, DmaEngines.open(watch, options));
        opened.add(fresh);
        return fresh;
    }

    /** Memory that is freed behind the test. */
    public DmaArena arena() {
        return arena;
    }

    /** What the engines have reported so far. */
    public List<Fault> faults() {
        return List.copyOf(faults);
    }

    /**
     * The test provokes these. What engines do wrong is expected always, for the fault plan says
     * so; a callback that throws is not.
     */
    public SimulationBench expect(Fault.Kind... kinds) {
        expected.addAll(List.of(kinds));
        return this;
    }

    // ---- The end

    /** Fails if anything is left; ends it all anyhow. */
    void close() {
        List<String> left = new ArrayList<>();
        List<Throwable> causes = new ArrayList<>();
        for (Opened each : opened) {
            left.addAll(Leftovers.of(each.watch, each.engine));
        }
        simulation
                .failure()
                .ifPresent(failure -> {
                    left.add("a thread of the simulation failed: " + failure);
                    causes.add(failure);
                });
        unexpected()
                .ifPresent(fault -> {
                    left.add(fault.kind() + ": " + fault.message());
                    fault.cause().ifPresent(causes::add);
                });
        List<Throwable> problems = endAll();
        if (left.isEmpty() && !problems.isEmpty()) {
            left.add("it could not be closed: " + problems.getFirst());
            causes.addAll(problems);
        }
        if (!left.isEmpty()) {
            AssertionError failure =
                    new AssertionError("the test left behind:\n  " + String.join("\n  ", left));
            causes.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    private Optional<Fault> unexpected() {
        return faults.stream()
                .filter(fault -> fault.kind() == Fault.Kind.CALLBACK_THREW)
                .filter(fault -> !expected.contains(fault.kind()))
                .findFirst();
    }

    /** Ends it all without a verdict: the test has failed already. */
    void abandon() {
        endAll();
    }

    private List<Throwable> endAll() {
        List<Throwable> problems = new ArrayList<>();
        for (Opened each : opened) {
            attempt(problems, each.hardware::heal);
        }
        attempt(problems, () -> simulation.advance(TIME_TO_HEAL));
        for (Opened each : opened) {
            attempt(problems, each.engine::close);
        }
        attempt(problems, arena::close);
        attempt(problems, simulation::close);
        return problems;
    }

    private void attempt(List<Throwable> problems, Runnable step) {
        simulation.stepsMax(simulation.steps() + STEPS_TO_CLEAN_UP_MAX);
        try {
            step.run();
        } catch (RuntimeException | Error problem) {
            problems.add(problem);
        }
    }
}
