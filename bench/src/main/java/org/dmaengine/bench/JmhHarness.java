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

import java.util.Collection;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * JMH. It asks each question in a JVM of its own, which has the cores of the calling thread: both,
 * and each of its threads may use either.
 */
final class JmhHarness implements JmhSuite.Harness {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final TimeValue ITERATION = TimeValue.milliseconds(300);
    private static final int WARM_UPS = 5;

    private final int rounds;

    JmhHarness(int rounds) {
        this.rounds = rounds;
    }

    @Override
    public JmhSuite.Answer ask(String question) throws RunnerException {
        String method = SmallQuestions.class.getName() + "." + question;
        Options options =
                new OptionsBuilder()
                        .include(Pattern.quote(method) + "$")
                        .addProfiler(GCProfiler.class)
                        .forks(1)
                        .warmupIterations(WARM_UPS)
                        .warmupTime(ITERATION)
                        .measurementIterations(rounds)
                        .measurementTime(ITERATION)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build();
        RunResult result = new Runner(options).runSingle();
        Collection<IterationResult> all = result.getAggregatedResult().getIterationResults();
        return new JmhSuite.Answer(
                series(all, each -> each.getPrimaryResult().getScore()),
                series(all, JmhHarness::allocated));
    }

    private static double allocated(IterationResult round) {
        return Objects.requireNonNull(round.getSecondaryResults().get(ALLOCATED), ALLOCATED)
                .getScore();
    }

    private static Series series(
            Collection<IterationResult> all, ToDoubleFunction<IterationResult> figure) {
        return new Series(all.stream().map(figure::applyAsDouble).toList());
    }
}
