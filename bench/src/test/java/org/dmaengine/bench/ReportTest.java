package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.jr.ob.JSON;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ReportTest {
    private static final Machine MACHINE =
            new Machine(Map.of("kernel", "Linux 6", "command", "./dmaengine bench </script>"));
    private static final Entry OURS =
            new Entry(
                    "ours",
                    site -> {
                        throw new Skip("never opened");
                    });

    private static final Case SUBJECT =
            Case.of("suite", "case", "µs", Better.SMALLER, OURS)
                    .aimingAt(
                            new Target.Ratio("peer", 3),
                            new Target.Ratio("absent", 1),
                            new Target.Figure(10),
                            new Target.Latency(100, 40_000))
                    .at(new Point("curve", "bytes", 64));

    @TempDir private Path folder;

    private static Histogram latencies(long... nanos) {
        Histogram histogram = new Histogram(3);
        for (long each : nanos) {
            histogram.recordValue(each);
        }
        return histogram;
    }

    private static CaseResult.Measured measured() {
        return new CaseResult.Measured(
                SUBJECT,
                Series.of(8, 10, 12),
                Optional.of(latencies(8_000, 50_000)),
                List.of(
                        new PeerResult.Measured(
                                "peer",
                                Series.of(20, 25, 30),
                                Series.of(2, 2.5, 3),
                                Optional.of(latencies(25_000, 30_000))),
                        new PeerResult.Skipped("absent", "not installed")),
                List.of("others took 5 % of a core"));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(CaseResult... results) throws IOException {
        String text = JsonReport.text(MACHINE, List.of(results));
        Map<String, Object> document = JSON.std.mapFrom(text);
        assertThat(document).containsOnlyKeys("machine", "cases");
        return (List<Map<String, Object>>) document.get("cases");
    }

    @Test
    void shouldWriteARowForThePeerWithItsRatio() throws IOException {
        assertThat(rows(measured()).get(1))
                .containsEntry("suite", "suite")
                .containsEntry("name", "case")
                .containsEntry("unit", "µs")
                .containsEntry("ours", 10.0)
                .containsEntry("peer", 25.0)
                .containsEntry("peerName", "peer")
                .containsEntry("ratio", 2.5)
                .containsEntry("spread", 0.4)
                .containsEntry("note", "others took 5 % of a core")
                .containsEntry("point", Map.of("curve", "curve", "axis", "bytes", "at", 64.0))
                .containsEntry(
                        "targets", List.of(Map.of("target", "ratio at least 3", "reached", false)));
    }

    @Test
    void shouldWriteARowForTheCaseItselfWithItsTargets() throws IOException {
        Map<String, Object> row = rows(measured()).getFirst();
        assertThat(row).containsEntry("peerName", null).containsEntry("ratio", null);
        assertThat(row)
                .containsEntry(
                        "targets",
                        List.of(
                                Map.of("target", "at most 10 µs", "reached", true),
                                Map.of("target", "longest at most 40 µs", "reached", false)));
        assertThat(row.get("oursLatencyNanos").toString()).contains("P50=8").contains("longest=50");
    }

    @Test
    void shouldSayWhyAPeerHasNoFigure() throws IOException {
        assertThat(rows(measured()).get(2))
                .containsEntry("peerName", "absent")
                .containsEntry("peer", null)
                .containsEntry("note", "peer skipped: not installed");
    }

    @Test
    void shouldWriteNoNumberWhereARatioOrASpreadHasNoEnd() throws IOException {
        double endless = Double.POSITIVE_INFINITY;
        CaseResult nothing =
                new CaseResult.Measured(
                        SUBJECT,
                        Series.of(0, 0, 1),
                        Optional.of(latencies(8_000)),
                        List.of(
                                new PeerResult.Measured(
                                        "peer",
                                        Series.of(48, 48, 48),
                                        Series.of(endless, endless, 48),
                                        Optional.empty())),
                        List.of());
        assertThat(rows(nothing).getFirst())
                .containsEntry("ours", 0.0)
                .containsEntry("spread", null);
        assertThat(rows(nothing).getLast())
                .containsEntry("ratio", null)
                .containsEntry("spread", null)
                .containsEntry("ratioTurns", Arrays.asList(null, null, 48.0));
        assertThat(MarkdownReport.text(MACHINE, List.of(nothing)))
                .contains("| peer 48 | ∞ (48 to ∞) | ratio at least 3, reached |");
    }

    @Test
    void shouldGiveNoFigureForWhatWasNotMeasured() throws IOException {
        assertThat(rows(new CaseResult.NotMeasured(SUBJECT, "others took 90 % of a core")))
                .singleElement()
                .satisfies(row ->
                        assertThat(row)
                                .containsEntry("ours", null)
                                .containsEntry("ratio", null)
                                .containsEntry(
                                        "note",
                                        "not measured: because others took 90 % of a core"));
    }

    @Test
    void shouldMakeAPageThatNeedsNothingElse() throws IOException {
        String page = HtmlReport.text(MACHINE, List.of(measured()));
        assertThat(page).contains("\"peerName\":\"peer\"").contains("Chart.js");
        assertThat(page).doesNotContain("src=").doesNotContain("<link").doesNotContain("/*DATA*/");
        // The library, the data, the page itself: a text in the data ends none of them.
        assertThat(page.split("</script>", -1)).hasSize(4);
        assertThat(page).contains("./dmaengine bench <\\/script>");
    }

    @Test
    void shouldMakeATableForADocument() {
        CaseResult notMeasured = new CaseResult.NotMeasured(SUBJECT, "busy");
        assertThat(MarkdownReport.text(MACHINE, List.of(measured(), notMeasured)))
                .startsWith("Made by `./dmaengine bench </script>` on ")
                .contains(
                        "| case | ours | peer | ratio | target |",
                        "| suite: case | 10 µs (P50 8.00, P99 50.0, longest 50.0 µs) |  |  |"
                                + " at most 10 µs, reached; longest at most 40 µs, missed |",
                        "|  |  | peer 25 (P50 25.0, P99 30.0, longest 30.0 µs) | 2.50 (2 to 3) |"
                                + " ratio at least 3, missed |",
                        """
                        |  |  | absent, peer skipped: not installed |  |  |
                        |  | others took 5 % of a core |  |  |  |
                        | suite: case | not measured: because busy |  |  |  |
                        """);
    }

    @Test
    void shouldKeepATableOfADocumentWholeWhateverAReasonHolds() {
        CaseResult failed = new CaseResult.Failed(SUBJECT, "a | b\nand more");
        assertThat(MarkdownReport.text(MACHINE, List.of(failed)))
                .endsWith("| suite: case | failed: a \\| b and more |  |  |  |\n");
    }

    @Test
    void shouldPrintATableAndWhatIsMissing() {
        var bytes = new ByteArrayOutputStream();
        var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        CaseResult notMeasured = new CaseResult.NotMeasured(SUBJECT, "busy");
        new Table(out).print(measured());
        new Table(out).print(notMeasured);
        assertThat(Summary.print(out, List.of(measured(), notMeasured))).isFalse();
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains(
                        "ratio 2.50 (2 to 3)  P50 25.0, P99 30.0, longest 30.0 µs  [target ratio"
                                + " at least 3: MISSED]")
                .contains("[target at most 10 µs: reached]")
                .contains("peer skipped: not installed")
                .contains("not measured: because busy")
                .contains(
                        "1 cases measured, 1 not measured, 0 failed; targets: 1 reached, 2 missed,"
                                + " 5 not judged")
                .contains("skipped 1 times: absent: not installed");
    }

    @Test
    void shouldSayWhyAReportIsLostAndNotThrow() {
        Path missing = folder.resolve("missing").resolve("report");
        assertThat(new Report(missing, JsonReport::text).write(MACHINE, List.of())).isPresent();
        Report wrong =
                new Report(
                        folder.resolve("report"),
                        (_, _) -> {
                            throw new IllegalStateException("no text");
                        });
        assertThat(wrong.write(MACHINE, List.of()))
                .hasValueSatisfying(why -> assertThat(why).contains("no text"));
    }
}
