package org.dmaengine.bench;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.PeerResult.Measured;
import org.jspecify.annotations.Nullable;

import tools.jackson.jr.ob.JSON;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The report for programs: {@code {machine, cases: [{suite, name, unit, ours, peer, peerName,
 * ratio, spread, note, …}]}}. docs/performance.md explains the fields.
 */
final class JsonReport {
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    // What was not measured is null, not missing.
    private static final JSON JSON_WITH_NULLS = JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES);

    private JsonReport() {}

    static String text(Machine machine, List<CaseResult> results) {
        return JSON_WITH_NULLS
                        .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
                        .asString(document(machine, results))
                + "\n";
    }

    /** On one line. */
    static String line(Machine machine, List<CaseResult> results) {
        return JSON_WITH_NULLS.asString(document(machine, results));
    }

    private static Map<String, Object> document(Machine machine, List<CaseResult> results) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("machine", machine.facts());
        document.put(
                "cases",
                results.stream()
                        .flatMap(result -> Row.of(result).stream())
                        .map(JsonReport::row)
                        .toList());
        return document;
    }

    private static Map<String, Object> row(Row row) {
        Case subject = row.subject();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("suite", subject.suite());
        fields.put("name", subject.name());
        fields.put("unit", subject.unit());
        fields.put("better", subject.better().name().toLowerCase(Locale.ROOT));
        fields.put("ours", median(row.ours()));
        fields.put("oursName", subject.ours().name());
        fields.put("peer", median(row.peer().map(Measured::figures)));
        fields.put("peerName", row.peerName().isEmpty() ? null : row.peerName());
        fields.put("ratio", median(row.ratio()));
        fields.put("spread", row.ratio().or(row::ours).flatMap(Series::spread).orElse(null));
        fields.put("note", row.note());
        fields.put("oursTurns", turns(row.ours()));
        fields.put("peerTurns", turns(row.peer().map(Measured::figures)));
        fields.put("ratioTurns", turns(row.ratio()));
        row.latencies().ifPresent(all -> fields.put("oursLatencyNanos", percentiles(all)));
        row.peer()
                .flatMap(Measured::latencies)
                .ifPresent(all -> fields.put("peerLatencyNanos", percentiles(all)));
        subject.point().ifPresent(point -> fields.put("point", point(point)));
        fields.put("targets", targets(row));
        return fields;
    }

    private static @Nullable Double median(Optional<Series> series) {
        return series.map(Series::median).map(JsonReport::number).orElse(null);
    }

    private static List<@Nullable Double> turns(Optional<Series> series) {
        List<@Nullable Double> turns = new ArrayList<>();
        series.ifPresent(each -> each.figures().forEach(figure -> turns.add(number(figure))));
        return turns;
    }

    /** JSON has no word for what is infinite: a ratio to nothing. */
    private static @Nullable Double number(double figure) {
        return Double.isFinite(figure) ? figure : null;
    }

    private static Map<String, Object> percentiles(Histogram latencies) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            fields.put(
                    Figures.percentileName(percentile), latencies.getValueAtPercentile(percentile));
        }
        fields.put("count", latencies.getTotalCount());
        return fields;
    }

    private static Map<String, Object> point(Point point) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("curve", point.curve());
        fields.put("axis", point.axis());
        fields.put("at", point.at());
        return fields;
    }

    private static List<Map<String, Object>> targets(Row row) {
        List<Map<String, Object>> targets = new ArrayList<>();
        row.targets()
                .forEach(target -> {
                    Map<String, Object> fields = new LinkedHashMap<>();
                    fields.put("target", target.text());
                    fields.put("reached", target.reached());
                    targets.add(fields);
                });
        return targets;
    }
}
