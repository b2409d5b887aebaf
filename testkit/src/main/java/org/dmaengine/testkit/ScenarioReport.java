package org.dmaengine.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Counts the scenarios of one engine that passed and that were skipped, and writes what became of
 * each to a file, from which {@code testkit/scenario-table} makes the table in docs/testing.md.
 */
final class ScenarioReport implements TestWatcher, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ScenarioReport.class);
    private static final Path FOLDER = Path.of("target");

    // The display name: R1 (origin): what happens.
    private static final Pattern TITLE = Pattern.compile("([RE])(\\d+) \\((.+?)\\): (.+)");

    private record Row(char letter, int number, String origin, String story, String status) {
        String line() {
            return "%s%d\t%s\t%s\t%s".formatted(letter, number, status, origin, story);
        }
    }

    /** Guarded by itself. */
    private static final class Rows {
        private final Map<String, Row> byId = new TreeMap<>();
        private String column = "";

        synchronized void add(String newColumn, Row row) {
            column = newColumn;
            byId.put("" + row.letter + row.number, row);
        }

        synchronized Collection<Row> sorted() {
            return byId.values().stream()
                    .sorted(
                            Comparator.comparing((Row row) -> row.letter == 'E')
                                    .thenComparingInt(Row::number))
                    .toList();
        }
    }

    ScenarioReport() {}

    @Override
    public void testSuccessful(ExtensionContext context) {
        boolean layered = ((EngineScenarios) context.getRequiredTestInstance()).isLayered();
        add(context, layered ? "layered" : "passed");
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        add(context, "failed");
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        String reason = cause == null ? "no reason" : String.valueOf(cause.getMessage());
        add(context, "skipped: " + reason.replace("Assumption failed: ", ""));
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        add(context, "skipped: " + reason.orElse("disabled"));
    }

    private static void add(ExtensionContext context, String status) {
        Matcher title = TITLE.matcher(context.getDisplayName());
        if (!title.matches()) {
            throw new IllegalStateException(
                    "'" + context.getDisplayName() + "' does not read 'R1 (origin): story'");
        }
        EngineScenarios scenarios = (EngineScenarios) context.getRequiredTestInstance();
        rows(context)
                .add(
                        scenarios.subject().column(),
                        new Row(
                                title.group(1).charAt(0),
                                Integer.parseInt(title.group(2)),
                                title.group(3),
                                title.group(4),
                                status));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        Rows rows = rows(context);
        if (!rows.column.isEmpty()) {
            Files.createDirectories(FOLDER);
            Files.writeString(
                    FOLDER.resolve("scenarios-" + rows.column + ".txt"),
                    rows.sorted().stream()
                            .map(row -> row.line() + "\n")
                            .collect(Collectors.joining()));
        }
        Map<String, Long> counts =
                rows.sorted().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Row::status, TreeMap::new, Collectors.counting()));
        // Those who test the scenarios, and are in no table, speak up where something was skipped.
        boolean skipped = counts.keySet().stream().anyMatch(status -> status.startsWith("skipped"));
        if (skipped || !rows.column.isEmpty()) {
            System.out.println(context.getDisplayName() + ": scenarios: " + counts);
        }
    }

    private static Rows rows(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .computeIfAbsent(context.getRequiredTestClass(), key -> new Rows(), Rows.class);
    }
}
