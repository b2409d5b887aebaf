package org.dmaengine.testkit;

import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Runs a {@link SimulationTest} for each of its seeds.
 *
 * <p>The test's thread is the first of the simulation. A test, and its methods before and after
 * each, may ask for these parameters: {@code Simulation}, {@code DmaEngine}, {@code SimEngine} (the
 * hardware under that engine, to heal it), {@code SimModel}, {@code FaultPlan}, {@code Choices}
 * (for what the test draws itself), {@code DmaArena}, and {@link SimulationBench}, which has all of
 * them and can open more engines. Engine, arena and simulation are closed behind the test.
 *
 * <p>A test fails, though all it asserts is true, if it leaves a channel open, a transfer in flight
 * or in quarantine, or a callback that has not returned, and the failure names where in the test
 * that was begun; if a callback threw what the test did not {@linkplain SimulationBench#expect
 * expect}; or if a thread of the simulation failed, and something swallowed that. Each failure
 * tells the seed, and how to run it alone.
 */
public final class SimulationExtension implements TestTemplateInvocationContextProvider {
    /** The configuration parameter, or system property, that names the one seed to run. */
    public static final String SEED = "dmaengine.simulation.seed";

    /** For JUnit. */
    public SimulationExtension() {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return annotation(context).isPresent();
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
            ExtensionContext context) {
        SimulationTest test = annotation(context).orElseThrow();
        if (test.seeds() < 1) {
            throw new IllegalArgumentException("seeds = " + test.seeds() + " runs nothing");
        }
        return seeds(context, test).mapToObj(seed -> new OneSeed(seed, test));
    }

    private static LongStream seeds(ExtensionContext context, SimulationTest test) {
        Optional<Long> only = context.getConfigurationParameter(SEED, Long::valueOf);
        return only.map(LongStream::of)
                .orElseGet(() -> LongStream.range(test.seed(), test.seed() + test.seeds()));
    }

    private static Optional<SimulationTest> annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getTestMethod(), SimulationTest.class);
    }

    private record OneSeed(long seed, SimulationTest test)
            implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return "seed " + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new SimulationRun(seed, test));
        }
    }
}
