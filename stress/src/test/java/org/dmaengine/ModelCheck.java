package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.util.ExceptionResult;
import org.jetbrains.kotlinx.lincheck.util.LincheckResult;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.verifier.LinearizabilityVerifier;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One run of Lincheck's model checker over a spec: a class whose public methods are what its
 * threads may do. Programs are written down thread by thread, or drawn from the methods that are
 * marked as operations; each is run in many interleavings. The draw is the same in every run, so
 * that no seed is needed.
 *
 * <p>All programs of a spec are one run: each run instruments all classes anew.
 */
final class ModelCheck {
    // So many programs are drawn, and the long form does so much more.
    private static final int RANDOM_PROGRAMS = 5;
    private static final int LONG_INTERLEAVINGS = 20;
    private static final int LONG_PROGRAMS = 4;

    // Straight code on what one lock guards, or on nothing shared: no thread is switched in there,
    // which makes room for more interleavings elsewhere.
    private static final String[] NO_SWITCHES = {
        CallbackContext.class.getName(),
        CallbackQueue.class.getName(),
        ClosedGenerations.class.getName(),
        CopyRun.class.getName(),
        CopySlots.class.getName(),
        Descriptor.class.getName(),
        Generation.class.getName(),
        Memory.class.getName(),
        OutcomeHistory.class.getName(),
        Preparation.class.getName(),
        Receipt.class.getName(),
        Receipt.Entry.class.getName(),
        TransferNode.class.getName(),
        TransferResult.class.getName(),
    };

    // Collections that a lock of core guards, and the JDK's concurrent ones, which are not what
    // is checked here: where their entries lie changes from run to run.
    private static final List<String> PLAIN_COLLECTIONS =
            List.of(
                    "java.util.ArrayList",
                    "java.util.ArrayDeque",
                    "java.util.ImmutableCollections",
                    "java.util.List",
                    "java.util.concurrent.ConcurrentHashMap",
                    "java.util.concurrent.ConcurrentSkipList",
                    "java.util.stream.");

    // Only the thread that checks touches these; the checker does not look into verifiers.
    private static int specs;
    private static int programsRun;
    private static long invocations;

    private final Class<?> spec;
    private final List<ExecutionScenario> programs = new ArrayList<>();
    private final int interleavings;
    private int randomPrograms;

    private ModelCheck(Class<?> spec, int interleavings) {
        this.spec = spec;
        this.interleavings = interleavings * times(LONG_INTERLEAVINGS);
    }

    /**
     * A run over a spec.
     *
     * @param interleavings how many of each program, in the short form; fewer if there are no more
     */
    static ModelCheck of(Class<?> spec, int interleavings) {
        return new ModelCheck(spec, interleavings);
    }

    static String totals() {
        return "%d specs, %d programs, %d invocations".formatted(specs, programsRun, invocations);
    }

    /**
     * One program: what is called before its threads start, and what each of them calls; methods of
     * the spec, with a space between.
     */
    ModelCheck program(String before, String... threads) {
        programs.add(
                new ExecutionScenario(
                        actors(before),
                        Arrays.stream(threads).map(this::actors).toList(),
                        List.of(),
                        null));
        return this;
    }

    /** Besides, programs that are drawn from the operations of the spec. */
    ModelCheck random() {
        randomPrograms = RANDOM_PROGRAMS * times(LONG_PROGRAMS);
        return this;
    }

    /** All programs end in every interleaving, and nothing that they call throws. */
    void holds() {
        check(options(Invariants.class));
    }

    /** What the calls return they could have returned one after the other, on the model. */
    void isLinearizable(Class<?> model) {
        check(options(Linearizable.class).sequentialSpecification(model));
    }

    /** Some interleaving fails, for this reason. */
    void fails(String reason) {
        assertThatThrownBy(this::holds)
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining(reason);
    }

    private ModelCheckingOptions options(Class<? extends Verifier> verifier) {
        ModelCheckingOptions options =
                new ModelCheckingOptions()
                        .verifier(verifier)
                        .minimizeFailedScenario(false)
                        .iterations(randomPrograms)
                        .threads(2)
                        .actorsPerThread(3)
                        .actorsBefore(2)
                        .actorsAfter(0)
                        .invocationsPerIteration(interleavings)
                        .addGuarantee(forClasses(NO_SWITCHES).allMethods().ignore())
                        .addGuarantee(
                                forClasses(ModelCheck::isPlainCollection)
                                        .methods(ModelCheck::callsNobody)
                                        .ignore())
                        .addGuarantee(ofOneThread(HeldEngine.class, "request"))
                        .addGuarantee(ofOneThread(ChannelSpec.class, "validate"));
        programs.forEach(options::addCustomScenario);
        return options;
    }

    /** What the spec does before or after its threads. */
    private static ManagedStrategyGuarantee ofOneThread(Class<?> type, String method) {
        return forClasses(type.getName()).methods(method).ignore();
    }

    private static boolean isPlainCollection(String name) {
        // Asked at each call: most names are of core.
        return name.startsWith("java.util.")
                && PLAIN_COLLECTIONS.stream().anyMatch(name::startsWith);
    }

    /** What is handed to these may wait, or call the engine. */
    private static boolean callsNobody(String method) {
        return !method.startsWith("forEach") && !method.startsWith("removeIf");
    }

    private static int times(int more) {
        return Form.current().isLong() ? more : 1;
    }

    private void check(ModelCheckingOptions options) {
        long already = invocations;
        long began = System.nanoTime();
        try {
            options.check(spec);
        } finally {
            specs++;
            programsRun += programs.size() + randomPrograms;
            System.out.printf(
                    "lincheck: %s: %d programs, %d of them drawn, %d invocations, %.1f s%n",
                    spec.getSimpleName(),
                    programs.size() + randomPrograms,
                    randomPrograms,
                    invocations - already,
                    (System.nanoTime() - began) / 1e9);
        }
    }

    private List<Actor> actors(String methods) {
        return Arrays.stream(methods.split(" "))
                .filter(name -> !name.isEmpty())
                .map(name -> new Actor(method(name), List.of()))
                .toList();
    }

    private Method method(String name) {
        try {
            return spec.getMethod(name);
        } catch (NoSuchMethodException misspelt) {
            throw new AssertionError(spec + " has no method " + name, misspelt);
        }
    }

    /** Nothing that was called may have thrown; the spec checks what must be true. */
    public static final class Invariants implements Verifier {
        public Invariants(@SuppressWarnings("unused") Class<?> model) {}

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult result) {
            invocations++;
            Stream<LincheckResult> inThreads =
                    result.getThreadsResultsWithClock().stream()
                            .flatMap(List::stream)
                            .map(ResultWithClock::getResult);
            return Stream.of(
                            result.getInitResults().stream(),
                            inThreads,
                            result.getPostResults().stream())
                    .flatMap(each -> each)
                    .noneMatch(ExceptionResult.class::isInstance);
        }
    }

    /** Some order of the calls, one after the other on the model, returns the same. */
    public static final class Linearizable implements Verifier {
        private final LinearizabilityVerifier verifier;

        public Linearizable(Class<?> model) {
            verifier = new LinearizabilityVerifier(model);
        }

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult result) {
            invocations++;
            return verifier.verifyResults(scenario, result);
        }
    }
}
