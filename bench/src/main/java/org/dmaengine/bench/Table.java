package org.dmaengine.bench;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The report on the terminal, case by case, as each is done. */
final class Table {
    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    void print(CaseResult result) {
        List<Row> rows = Row.of(result);
        Case subject = result.subject();
        out.printf("%n%s: %s [%s]%n", subject.suite(), subject.name(), subject.unit());
        rows.getFirst().ours().ifPresent(ours -> printOurs(subject, ours, rows.getFirst()));
        for (Row row : rows) {
            if (!row.peerName().isEmpty()) {
                out.println(peer(row));
            }
        }
        rows.stream()
                // Of a peer without a figure it stands in its line.
                .filter(row -> row.peerName().isEmpty() || row.peer().isPresent())
                .map(Row::note)
                .filter(note -> !note.isEmpty())
                .distinct()
                .forEach(note -> out.println("  " + note));
        out.flush();
    }

    private void printOurs(Case subject, Series ours, Row first) {
        String own = first.peerName().isEmpty() ? targets(first) : "";
        out.println(line(subject.ours().name(), ours, latencies(first.latencies()) + own));
    }

    private static String peer(Row row) {
        return row.peer()
                .map(peer ->
                        line(
                                row.peerName(),
                                peer.figures(),
                                ratio(row) + latencies(peer.latencies()) + targets(row)))
                .orElseGet(() -> line(row.peerName(), "-", "", row.note()));
    }

    private static String line(String name, Series figures, String rest) {
        return line(name, Figures.text(figures.median()), spread(figures), rest);
    }

    private static String line(String name, String median, String spread, String rest) {
        return "  %-34s %11s %7s  %s".formatted(name, median, spread, rest).stripTrailing();
    }

    private static String spread(Series figures) {
        return figures.spread()
                .map(spread -> String.format(Locale.ROOT, "±%.0f %%", 50 * spread))
                .orElse("");
    }

    private static String ratio(Row row) {
        return row.ratio().map(ratio -> "ratio " + Figures.ratio(ratio)).orElse("");
    }

    private static String latencies(Optional<Histogram> latencies) {
        return latencies.map(all -> "  " + Figures.latencies(all)).orElse("");
    }

    private static String targets(Row row) {
        StringBuilder text = new StringBuilder();
        row.targets()
                .forEach(target ->
                        text.append("  [target ")
                                .append(target.text())
                                .append(target.reached() ? ": reached]" : ": MISSED]"));
        return text.toString();
    }
}
