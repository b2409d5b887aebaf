package org.dmaengine.bench;

import org.dmaengine.bench.jmh.SmallQuestions;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The suite {@code jmh}, which another harness measures: of each small question its time and what
 * it allocates. There are no peers. All rounds of a question are one turn here: it is repeated on a
 * busy machine, as the turns of other suites are.
 */
final class JmhSuite {
    static final String NAME = "jmh";

    private static final String ALLOCATION = ", allocation";

    // None: what JMH allocates itself is spread over the calls, and no object is smaller than 8.
    private static final double ALLOCATED_BYTES_MAX = 0.5;
    // The others answer with an object, or are so slow that what JMH allocates would count.
    private static final Set<String> ALLOCATING_NOTHING = Set.of("submit", "state");

    /**
     * What has come out of a question.
     *
     * @param nanos of each round
     * @param bytes on the heap, of each round
     */
    record Answer(Series nanos, Series bytes) {}

    /** Measures all rounds of a question. */
    @FunctionalInterface
    interface Harness {
        Answer ask(String question) throws Exception;
    }

    private final Quiet quiet;
    private final Harness harness;

    JmhSuite(Quiet quiet, Harness harness) {
        this.quiet = quiet;
        this.harness = harness;
    }

    /** Two of each question: its time, and what it allocates. */
    static List<Case> cases() {
        return Arrays.stream(SmallQuestions.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(method -> method.getName())
                .sorted()
                .flatMap(name -> List.of(subject(name, "ns"), allocation(name)).stream())
                .toList();
    }

    private static Case allocation(String question) {
        Case allocation = subject(question + ALLOCATION, "bytes");
        return ALLOCATING_NOTHING.contains(question)
                ? allocation.aimingAt(new Target.Figure(ALLOCATED_BYTES_MAX))
                : allocation;
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

    /** The questions that these cases ask. */
    static List<String> questions(List<Case> cases) {
        return cases.stream().map(each -> question(each)).distinct().toList();
    }

    private static String question(Case subject) {
        return subject.name().replace(ALLOCATION, "");
    }

    /** Asks one question, and answers those of the cases that are about it. */
    List<CaseResult> run(String question, List<Case> cases) {
        List<Case> about = cases.stream().filter(each -> question(each).equals(question)).toList();
        try {
            Quiet.Watch watch = quiet.watch(false);
            List<Answer> answers = new ArrayList<>();
            watch.turn(() -> {
                answers.add(harness.ask(question));
                return Turn.of(answers.getLast().nanos().median());
            });
            List<String> notes = watch.notes();
            return all(about, each -> measured(each, answers.getLast(), notes));
        } catch (Quiet.Disturbed unfit) {
            String reason = String.valueOf(unfit.getMessage());
            return all(about, each -> new CaseResult.NotMeasured(each, reason));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return all(about, each -> new CaseResult.NotMeasured(each, "interrupted"));
        } catch (Exception wrong) {
            return all(about, each -> new CaseResult.Failed(each, wrong.toString()));
        }
    }

    private static CaseResult measured(Case subject, Answer answer, List<String> notes) {
        boolean isTime = question(subject).equals(subject.name());
        return new CaseResult.Measured(
                subject,
                isTime ? answer.nanos() : answer.bytes(),
                Optional.empty(),
                List.of(),
                notes);
    }

    private static List<CaseResult> all(List<Case> cases, Function<Case, CaseResult> verdict) {
        return cases.stream().map(verdict).toList();
    }
}
