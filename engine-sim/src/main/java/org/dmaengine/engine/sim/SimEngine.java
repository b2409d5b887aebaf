package org.dmaengine.engine.sim;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.EngineDescription;
import org.dmaengine.OperationKind;
import org.dmaengine.Proof;
import org.dmaengine.Termination;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The simulated engine. Open it with {@code DmaEngines.open(new SimEngine(model, plan), options)};
 * by its name, {@code sim}, it is opened with {@link SimModel#defaults} and the options of {@code
 * docs/engines/sim.md}.
 */
public final class SimEngine implements EngineProvider {
    private static final Set<OperationKind> KINDS =
            EnumSet.complementOf(EnumSet.of(OperationKind.BLOCKING, OperationKind.COMMAND));

    private final SimModel model;
    private final FaultPlan plan;
    private final SimObserver observer;
    private final List<SimController> opened = new CopyOnWriteArrayList<>();

    /** The defaults, without faults. */
    public SimEngine() {
        this(SimModel.defaults(), FaultPlan.none());
    }

    /** A controller of this model, with these faults. */
    public SimEngine(SimModel model, FaultPlan plan) {
        this(model, plan, SimObserver.NONE);
    }

    /** The same, observed. */
    public SimEngine(SimModel model, FaultPlan plan, SimObserver observer) {
        this.model = model;
        this.plan = plan;
        this.observer = observer;
    }

    @Override
    public String name() {
        return "sim";
    }

    @Override
    public Probe probe() {
        return new Probe.Available(describe(model));
    }

    /** Nobody wants simulated faults without asking for them. */
    @Override
    public boolean onlyByName() {
        return true;
    }

    @Override
    public EngineBackend open(EngineSettings settings) {
        SimModel asked = model.with(settings);
        SimController controller =
                new SimController(
                        asked,
                        plan,
                        observer,
                        describe(asked),
                        settings.scheduler(),
                        opened::remove);
        opened.add(controller);
        return controller;
    }

    /**
     * Whatever is stuck, gone or never stops ends now, and what was lost is proved: all that the
     * opened controllers of this engine hold gets its end. What the plan says of transfers that are
     * still to come stands.
     */
    public void heal() {
        opened.forEach(SimController::heal);
    }

    private static EngineDescription describe(SimModel model) {
        Map<OperationKind, Termination> rows = new EnumMap<>(OperationKind.class);
        for (OperationKind kind : KINDS) {
            AbortEffect effect = model.stop.effect(kind);
            rows.put(kind, new Termination(effect, Proof.COMPLETION_ENTRY));
        }
        Set<Capability> capabilities = EnumSet.complementOf(EnumSet.of(Capability.COMMAND));
        if (model.inOrder) {
            capabilities.remove(Capability.COMPLETION_NO_ORDER);
        }
        return new EngineDescription(
                "sim",
                "simulated controller, for tests; stops "
                        + model.stop.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                capabilities,
                rows,
                model.residue,
                1,
                Long.MAX_VALUE,
                model.channelsMax);
    }
}
