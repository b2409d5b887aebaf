package org.dmaengine.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Survivors and their explanations are held against each other, both ways. */
class SurvivorsTest {
    private static final PitMutation SURVIVOR =
            new PitMutation("Ring", "add", "if (a && b) {", "negated conditional", false);

    @TempDir private Path folder;

    private static Survivors explained(String... lines) {
        return Survivors.parse(String.join("\n", lines));
    }

    @Test
    void shouldAcceptWhatIsExplained() {
        Survivors survivors =
                explained(
                        "# Title",
                        "",
                        "Some words.",
                        "",
                        "## Ring.add: negated conditional",
                        "    if (a && b) {",
                        "It is the same.");

        assertThat(survivors.count()).isEqualTo(1);
        assertThat(survivors.misfits(List.of(SURVIVOR))).isEmpty();
    }

    @Test
    void shouldAskForExplanation() {
        assertThat(explained("# None").misfits(List.of(SURVIVOR)))
                .singleElement()
                .asString()
                .contains("not explained", "## Ring.add: negated conditional\n    if (a && b) {");
    }

    @Test
    void shouldAskForSurvivor() {
        Survivors survivors = explained("## Ring.add: negated conditional", "    x", "So it is.");

        assertThat(survivors.misfits(List.of()))
                .singleElement()
                .asString()
                .contains("did not survive");
    }

    @Test
    void shouldCountTwoOfAKind() {
        Survivors one =
                explained("## Ring.add: negated conditional", "    if (a && b) {", "The first.");
        Survivors two =
                explained("## 2 x Ring.add: negated conditional", "    if (a && b) {", "Both.");

        assertThat(one.misfits(List.of(SURVIVOR, SURVIVOR))).hasSize(2);
        assertThat(two.misfits(List.of(SURVIVOR, SURVIVOR))).isEmpty();
        assertThat(two.misfits(List.of(SURVIVOR))).hasSize(2);
    }

    @Test
    void shouldRefuseHalfAnExplanation() {
        assertThatThrownBy(() -> explained("## Ring.add: negated conditional", "    if (a) {"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReadReportOfPit() throws IOException {
        Path report = folder.resolve("mutations.xml");
        Files.writeString(
                report,
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <mutations partial="true">
                <mutation detected='false' status='SURVIVED' numberOfTestsRun='1'>\
                <sourceFile>Ring.java</sourceFile>\
                <mutatedClass>org.some.Ring$Slot</mutatedClass>\
                <mutatedMethod>add</mutatedMethod><methodDescription>()V</methodDescription>\
                <lineNumber>2</lineNumber><mutator>M</mutator>\
                <description>replaced boolean return with true for org/some/Ring$Slot::add\
                </description></mutation>
                <mutation detected='true' status='TIMED_OUT' numberOfTestsRun='1'>\
                <sourceFile>Ring.java</sourceFile><mutatedClass>org.some.Ring</mutatedClass>\
                <mutatedMethod>add</mutatedMethod><methodDescription>()V</methodDescription>\
                <lineNumber>1</lineNumber><mutator>M</mutator>\
                <description>removed call to org/some/Ring::wake</description></mutation>
                </mutations>
                """);
        Path source = Files.createDirectories(folder.resolve("org/some")).resolve("Ring.java");
        Files.writeString(source, "wake();\n    return full;\n");

        assertThat(PitMutation.read(report, folder))
                .containsExactly(
                        new PitMutation(
                                "Ring",
                                "add",
                                "return full;",
                                "replaced boolean return with true",
                                false),
                        new PitMutation(
                                "Ring", "add", "wake();", "removed call to Ring::wake", true));
    }

    @Test
    void shouldWriteItsPartOfPageOnly() throws IOException {
        Path page = folder.resolve("page.md");
        Files.writeString(page, "a\n<!-- one: x -->\nold\n<!-- end -->\nb\n<!-- end -->\n");
        Page.write(page, "one", "new\n");

        assertThat(page).hasContent("a\n<!-- one: x -->\n\nnew\n\n<!-- end -->\nb\n<!-- end -->\n");
        assertThatThrownBy(() -> Page.write(page, "two", "")).isInstanceOf(IOException.class);
    }
}
