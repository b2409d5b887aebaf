package org.dmaengine.bench;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Row.Verdict;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report as tables for a page of the documentation: a line for each case and peer. */
final class MarkdownReport {
    private MarkdownReport() {}

    static String text(Machine machine, List<CaseResult> results) {
        String head =
                "Made by `%s` on %s of %s cores, %s, %s.%n%n"
                        .formatted(
                                machine.facts().get("command"),
                                machine.facts().get("processor"),
                                machine.facts().get("processors"),
                                machine.facts().get("kernel"),
                                machine.facts().get("jdk"));
        return head
                + "| case | ours | peer | ratio | target |\n|---|---|---|---|---|\n"
                + results.stream().map(MarkdownReport::lines).collect(Collectors.joining());
    }

    private static String lines(CaseResult result) {
        StringBuilder lines = new StringBuilder();
        boolean first = true;
        for (Row row : Row.of(result)) {
            lines.append(
                    line(
                            first ? name(row) : "",
                            first ? ours(row) : "",
                            peer(row),
                            ratio(row),
                            row.targets().stream()
                                    .map(MarkdownReport::target)
                                    .collect(Collectors.joining("; "))));
            first = false;
        }
        if (result instanceof CaseResult.Measured measured && !measured.notes().isEmpty()) {
            lines.append(line("", String.join("; ", measured.notes()), "", "", ""));
        }
        return lines.toString();
    }

    /** What would end a cell or a line is no part of what is said: reasons may hold anything. */
    private static String line(String... cells) {
        return Stream.of(cells)
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\R", " "))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String name(Row row) {
        return row.subject().suite() + ": " + row.subject().name();
    }

    private static String ours(Row row) {
        return row.ours()
                .map(ours ->
                        Figures.text(ours.median())
                                + " "
                                + row.subject().unit()
                                + latencies(row.latencies()))
                .orElse(row.note());
    }

    private static String latencies(Optional<Histogram> known) {
        return known.map(each -> " (" + Figures.latencies(each) + ")").orElse("");
    }

    private static String peer(Row row) {
        return row.peer()
                .map(peer ->
                        row.peerName()
                                + " "
                                + Figures.text(peer.figures().median())
                                + latencies(peer.latencies()))
                .orElse(row.peerName().isEmpty() ? "" : row.peerName() + ", " + row.note());
    }

    private static String ratio(Row row) {
        return row.ratio().map(Figures::ratio).orElse("");
    }

    private static String target(Verdict verdict) {
        return verdict.text() + (verdict.reached() ? ", reached" : ", missed");
    }
}
