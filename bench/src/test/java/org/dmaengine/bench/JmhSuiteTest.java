package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;

class JmhSuiteTest {
    private static final List<Case> CASES =
            JmhSuite.cases().stream().filter(each -> each.name().startsWith("submit")).toList();

    private final FakeSenses senses = new FakeSenses();
    private int asked;

    private JmhSuite suite(boolean insists) {
        return new JmhSuite(
                new Quiet(senses, insists),
                question -> {
                    asked++;
                    return new JmhSuite.Answer(Series.of(20, 30, 40), Series.of(0, 0, asked));
                });
    }

    @Test
    void shouldAskOnceForTheTimeAndTheAllocation() {
        assertThat(CASES).extracting(Case::name).containsExactly("submit", "submit, allocation");
        assertThat(JmhSuite.questions(CASES)).containsExactly("submit");
        assertThat(suite(true).run("submit", CASES))
                .extracting(result -> ((CaseResult.Measured) result).figures())
                .containsExactly(Series.of(20, 30, 40), Series.of(0, 0, 1));
        assertThat(asked).isOne();
    }

    @Test
    void shouldAskAgainWhatOthersHaveDisturbed() {
        senses.othersTicks.add(15);
        assertThat(suite(true).run("submit", CASES))
                .allSatisfy(result ->
                        assertThat(((CaseResult.Measured) result).notes())
                                .singleElement()
                                .asString()
                                .startsWith("1 turns repeated"));
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void shouldGiveNoFigureOnABusyMachine() {
        senses.othersTicks.addAll(Collections.nCopies(100, 15));
        assertThat(suite(true).run("submit", CASES))
                .hasSize(2)
                .hasOnlyElementsOfType(CaseResult.NotMeasured.class);
    }

    @Test
    void shouldCountWhatWasDisturbedWithANoteWhereThatIsWanted() {
        senses.othersTicks.addAll(Collections.nCopies(100, 15));
        assertThat(suite(false).run("submit", CASES))
                .allSatisfy(result ->
                        assertThat(((CaseResult.Measured) result).notes())
                                .anySatisfy(note -> assertThat(note).contains("disturbed")));
        assertThat(asked).isOne();
    }

    @Test
    void shouldFailTheCasesOfAQuestionThatGoesWrong() {
        JmhSuite wrong =
                new JmhSuite(
                        new Quiet(senses, true),
                        question -> {
                            throw new IllegalStateException("no forked JVM");
                        });
        assertThat(wrong.run("submit", CASES))
                .hasSize(2)
                .allSatisfy(result ->
                        assertThat(((CaseResult.Failed) result).reason()).contains("no forked"));
    }
}
