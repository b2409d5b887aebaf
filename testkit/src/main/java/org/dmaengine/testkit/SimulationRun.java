package org.dmaengine.testkit;

import org.dmaengine.DmaArena;
import org.dmaengine.DmaEngine;
import org.dmaengine.engine.sim.Choices;
import org.dmaengine.engine.sim.FaultPlan;
import org.dmaengine.engine.sim.SimEngine;
import org.dmaengine.engine.sim.SimModel;
import org.dmaengine.engine.sim.Simulation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One test with one seed: opens its bench, gives out its parts, and judges what is left. */
final class SimulationRun implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Map<Class<?>, Function<SimulationBench, Object>> PARTS =
            Map.of(
                    SimulationBench.class, bench -> bench,
                    Simulation.class, SimulationBench::simulation,
                    DmaEngine.class, SimulationBench::engine,
                    SimEngine.class, SimulationBench::hardware,
                    SimModel.class, SimulationBench::model,
                    FaultPlan.class, SimulationBench::faultPlan,
                    Choices.class, SimulationBench::choices,
                    DmaArena.class, SimulationBench::arena);

    private final long seed;
    private final SimulationTest test;
    private @Nullable SimulationBench bench;

    SimulationRun(long seed, SimulationTest test) {
        this.seed = seed;
        this.test = test;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        Choices choices = Choices.of(seed);
        // Both are drawn whether they are used or not, so that the rest is drawn alike.
        Choices ofModel = choices.fork();
        Choices ofFaults = choices.fork();
        SimModel model =
                test.model().isEmpty()
                        ? SimModel.defaults()
                        : (SimModel) call(type, test.model(), SimModel.class, ofModel);
        FaultPlan faults =
                test.faults().isEmpty()
                        ? FaultPlan.none()
                        : (FaultPlan) call(type, test.faults(), FaultPlan.class, ofFaults);
        bench = new SimulationBench(choices, model.withSeed(seed), faults);
        bench.simulation().hurry(test.hurryOneIn());
        bench.simulation().stepsMax(test.stepsMax());
    }

    private static Object call(Class<?> type, String name, Class<?> result, Choices choices) {
        List<Method> methods =
                ReflectionSupport.findMethods(
                        type,
                        method ->
                                method.getName().equals(name)
                                        && ModifierSupport.isStatic(method)
                                        && result.isAssignableFrom(method.getReturnType())
                                        && takesChoicesAtMost(method),
                        HierarchyTraversalMode.BOTTOM_UP);
        if (methods.isEmpty()) {
            throw new ExtensionConfigurationException(
                    type.getName()
                            + " has no static method '"
                            + name
                            + "' that gives a "
                            + result.getSimpleName()
                            + " and takes nothing, or Choices");
        }
        Method method = methods.getFirst();
        Object given =
                method.getParameterCount() == 0
                        ? ReflectionSupport.invokeMethod(method, null)
                        : ReflectionSupport.invokeMethod(method, null, choices);
        if (given == null) {
            throw new ExtensionConfigurationException(type.getName() + "." + name + " gave null");
        }
        return given;
    }

    private static boolean takesChoicesAtMost(Method method) {
        List<Class<?>> parameters = List.of(method.getParameterTypes());
        return parameters.isEmpty() || parameters.equals(List.of(Choices.class));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARTS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Function<SimulationBench, Object> part = PARTS.get(parameter.getParameter().getType());
        SimulationBench open = bench;
        if (part == null || open == null) {
            throw new IllegalStateException("only inside a test, and only what is supported");
        }
        return part.apply(open);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        SimulationBench open = bench;
        if (open == null) {
            return;
        }
        bench = null;
        Throwable thrown = context.getExecutionException().orElse(null);
        if (thrown instanceof TestAbortedException) {
            open.abandon();
        } else if (thrown != null) {
            String note = note(context, open);
            open.abandon();
            System.out.println(note);
            thrown.addSuppressed(new SeedNote(note));
        } else {
            judge(context, open);
        }
    }

    private void judge(ExtensionContext context, SimulationBench open) {
        String note = note(context, open);
        try {
            open.close();
        } catch (AssertionError left) {
            System.out.println(note);
            left.addSuppressed(new SeedNote(note));
            throw left;
        }
    }

    private String note(ExtensionContext context, SimulationBench open) {
        return "seed "
                + seed
                + " failed after "
                + open.simulation().steps()
                + " steps, at "
                + open.simulation().nanoTime()
                + " ns of virtual time; to run it alone: -D"
                + SimulationExtension.SEED
                + "="
                + seed
                + " -Dtest="
                + context.getRequiredTestClass().getSimpleName()
                + "#"
                + context.getRequiredTestMethod().getName();
    }

    /** Stands below a failure, and has no stack of its own. */
    private static final class SeedNote extends Throwable {
        private static final long serialVersionUID = 1;

        SeedNote(String message) {
            super(message, null, false, false);
        }
    }
}
