package org.dmaengine.bench;

import org.dmaengine.bench.jmh.SmallQuestions;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * The suite {@code jmh}, which another harness measures: of each small question its time and what
 * it allocates. There are no peers, and JMH does not look whether the machine is quiet.
 */
final class JmhSuite {
    static final String NAME = "jmh";

    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final TimeValue ITERATION = TimeValue.milliseconds(300);
    private static final int WARM_UPS = 5;

    // None: what JMH allocates itself is spread over the calls, and no object is smaller than 8.
    private static final double ALLOCATED_BYTES_MAX = 0.5;
    // The others answer with an object, or are so slow that what JMH allocates would count.
    private static final Set<String> ALLOCATING_NOTHING = Set.of("submit", "state");

    private JmhSuite() {}

    /** Those whose name has the filter in it. */
    static List<String> questions(String filter) {
        return Arrays.stream(SmallQuestions.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .filter(name -> name.toLowerCase(Locale.ROOT).contains(filter))
                .sorted()
                .toList();
    }

    /** Measures them, each in a JVM of its own. */
    static List<CaseResult> run(List<String> questions, int rounds) throws RunnerException {
        OptionsBuilder builder = new OptionsBuilder();
        for (String question : questions) {
            builder.include(Pattern.quote(SmallQuestions.class.getName() + "." + question) + "$");
        }
        Options options =
                builder.addProfiler(GCProfiler.class)
                        .forks(1)
                        .warmupIterations(WARM_UPS)
                        .warmupTime(ITERATION)
                        .measurementIterations(rounds)
                        .measurementTime(ITERATION)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build();
        List<CaseResult> results = new ArrayList<>();
        for (RunResult result : new Runner(options).run()) {
            results.addAll(results(result));
        }
        return results;
    }

    private static List<CaseResult> results(RunResult result) {
        String name = result.getPrimaryResult().getLabel();
        Collection<IterationResult> turns = result.getAggregatedResult().getIterationResults();
        Case allocation = subject(name + ", allocation", "bytes");
        return List.of(
                measured(subject(name, "ns"), turns, turn -> turn.getPrimaryResult().getScore()),
                measured(
                        ALLOCATING_NOTHING.contains(name)
                                ? allocation.aimingAt(new Target.Figure(ALLOCATED_BYTES_MAX))
                                : allocation,
                        turns,
                        JmhSuite::allocated));
    }

    private static double allocated(IterationResult turn) {
        return Objects.requireNonNull(turn.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                .getScore();
    }

    private static Case subject(String name, String unit) {
        Entry ours =
                new Entry(
                        "ours",
                        site -> {
                            throw new Skip("JMH measures it");
                        });
        return Case.of(NAME, name, unit, Better.SMALLER, ours);
    }

    private static CaseResult measured(
            Case subject,
            Collection<IterationResult> turns,
            ToDoubleFunction<IterationResult> figure) {
        Series figures = new Series(turns.stream().map(figure::applyAsDouble).toList());
        return new CaseResult.Measured(subject, figures, Optional.empty(), List.of(), List.of());
    }
}
