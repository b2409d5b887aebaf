package org.dmaengine.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.dmaengine.Capability;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;
import org.dmaengine.Termination;
import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.SimObserver;
import org.dmaengine.engine.sim.StopModel;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The engine of a scenario, opened when it is first asked for. Until then the scenario says how the
 * simulated controller behaves and what goes wrong with it; other engines are as they are, except
 * for a layer that plays hardware which misbehaves.
 */
final class ScenarioEngine {
    private static final long BURST_BYTES = 512;
    private static final int CHANNELS = 64;

    // Those that stop sooner or later, and without complaint.
    private static final List<StopModel> STOPS =
            List.of(
                    StopModel.AT_ONCE,
                    StopModel.AT_BURST,
                    StopModel.AT_DESCRIPTOR_END,
                    StopModel.ACKNOWLEDGED,
                    StopModel.DRAIN_ONLY);

    private final ScenarioSubject subject;
    private final Scheduler scheduler;
    private final ScenarioFaults faults;

    private SimModel model;
    private FaultPlan plan = FaultPlan.none();
    private SimObserver observer = SimObserver.NONE;
    private UnaryOperator<EngineProvider> layer = UnaryOperator.identity();
    private boolean layered;
    private @Nullable SimEngine controller;
    private @Nullable DmaEngine engine;

    ScenarioEngine(
            ScenarioSubject subject, SimModel model, Scheduler scheduler, ScenarioFaults faults) {
        this.subject = subject;
        this.model = model;
        this.scheduler = scheduler;
        this.faults = faults;
    }

    /** Some honest controller, another one for each seed. */
    static SimModel drawn(long seed, Choices choices) {
        return SimModel.defaults()
                .withSeed(seed)
                .withChannels(CHANNELS, CHANNELS)
                .withPull(1 << choices.below(4))
                .withLatency(choices.below(3_000), choices.below(3_000))
                .withBandwidth(1 + choices.below(2_000), BURST_BYTES)
                .withPause(choices.oneIn(2) ? 0 : choices.below(5_000))
                .withStop(choices.of(STOPS), choices.below(10_000))
                .withOrder(choices.oneIn(2));
    }

    // ---- Before it is opened

    /** How the simulated controller behaves. */
    void model(UnaryOperator<SimModel> change) {
        requireUnopened();
        model = change.apply(model);
    }

    /** Where the controller, told to stop, does so without anybody's help. */
    void modelThatStops() {
        model(any -> any.withStop(StopModel.AT_BURST, 0));
    }

    /**
     * True if a copy can be stopped half-way, and can come to its end before it is. Half of the
     * simulated controllers are made so; real engines read a file in one call, and with one
     * processor copy to the end before anyone can look.
     */
    boolean modelThatStopsHalfWay(Choices choices) {
        if (subject.provider().isPresent()) {
            return can(Capability.MEMCPY) && Runtime.getRuntime().availableProcessors() > 1;
        }
        if (choices.oneIn(2)) {
            return false;
        }
        modelThatStops();
        model(any -> any.withBandwidth(1_000, BURST_BYTES));
        return true;
    }

    /** What goes wrong with the simulated controller. */
    void faults(FaultPlan newPlan) {
        requireUnopened();
        plan = newPlan;
    }

    /** Who looks at the simulated controller. */
    void observe(SimObserver newObserver) {
        requireUnopened();
        observer = newObserver;
    }

    /** Plays hardware that misbehaves between the core and any engine. */
    void layer(UnaryOperator<EngineProvider> newLayer) {
        requireUnopened();
        layer = newLayer;
        layered = true;
    }

    boolean isLayered() {
        return layered;
    }

    private void requireUnopened() {
        if (engine != null) {
            throw new IllegalStateException("the engine is open already");
        }
    }

    /** The engine under test, not opened, for a scenario that opens it itself. */
    EngineProvider provider() {
        return subject.provider()
                .orElseGet(() -> {
                    SimEngine fresh = new SimEngine(model, plan, observer);
                    controller = fresh;
                    return fresh;
                });
    }

    // ---- From its opening on

    /** The engine, opened on the first call. */
    DmaEngine opened() {
        DmaEngine opened = engine;
        if (opened == null) {
            EngineProvider whole = layer.apply(subject.layer().apply(provider()));
            opened =
                    DmaEngines.open(
                            whole,
                            subject.options().withScheduler(scheduler).withFaults(faults::heard));
            engine = opened;
        }
        return opened;
    }

    EngineDescription description() {
        return opened().description();
    }

    boolean can(Capability capability) {
        return description().capabilities().contains(capability);
    }

    /** Skips the scenario if the engine does not declare all of these. */
    void assumeCan(Capability... needed) {
        for (Capability each : needed) {
            assumeTrue(can(each), () -> "the engine declares no " + each);
        }
    }

    /** Skips the scenario if the engine does nothing that could stand for a copy. */
    void assumeCopies() {
        Copies.kindOn(description());
    }

    @Nullable Termination row(OperationKind kind) {
        return description().termination().get(kind);
    }

    /** What the honesty table says. */
    Termination declared(OperationKind kind) {
        Termination row = row(kind);
        if (row == null) {
            throw new IllegalStateException("the honesty table has no row " + kind);
        }
        return row;
    }

    /** Whatever hangs in the simulated controller ends now. */
    void heal() {
        SimEngine opened = controller;
        if (opened != null) {
            opened.heal();
        }
    }

    /** It must come to its end, and keep nothing. */
    void close(Problems problems, Parties parties) {
        DmaEngine opened = engine;
        if (opened != null) {
            problems.attempt(() -> parties.runWithin("closing the engine", opened::close));
            problems.attempt(() -> requireNothingKept(opened));
        }
    }

    private static void requireNothingKept(DmaEngine opened) {
        if (!opened.quarantine().isEmpty()) {
            throw new AssertionError("left in quarantine: " + opened.quarantine());
        }
    }
}
