package org.dmaengine.mutants;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Plants the protocol mutants one at a time and runs the tests until one fails: {@code ProtocolRun
 * COPY [--page PAGE] [NAME...]}, where COPY is a built copy of the project. Started by {@code
 * mutants/run}.
 */
final class ProtocolRun {
    /** The longest that one test may take, mutated or not. */
    private static final long LIMIT_SECONDS = 60;

    private record Row(Mutant mutant, Verdict verdict) {}

    private ProtocolRun() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(Arrays.asList(arguments));
        Path root = Path.of(names.removeFirst());
        String page = names.indexOf("--page") == 0 ? names.remove(1) : "";
        names.remove("--page");
        List<Mutant> mutants = chosen(Mutant.all(root.resolve("mutants/protocol")), names);
        SourceCopy copy = new SourceCopy(root, LIMIT_SECONDS);

        long begun = System.nanoTime();
        Verdict unmutated = copy.runUnmutated();
        System.out.printf(
                "%-44s %-16s %s, %d s%n",
                "unmutated", "", unmutated.told(), (System.nanoTime() - begun) / 1_000_000_000);
        if (unmutated.isKill()) {
            System.exit(1);
        }
        List<Row> rows = new ArrayList<>();
        for (Mutant mutant : mutants) {
            rows.add(new Row(mutant, run(copy, mutant)));
        }
        long killed = rows.stream().filter(row -> row.verdict.isKill()).count();
        System.out.printf("%d mutants, %d killed%n", rows.size(), killed);
        if (killed < rows.size() || rows.isEmpty()) {
            System.exit(1);
        }
        if (!page.isEmpty()) {
            Page.write(Path.of(page), "protocol", table(rows));
        }
    }

    private static Verdict run(SourceCopy copy, Mutant mutant)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        Verdict verdict = copy.run(mutant);
        System.out.printf(
                "%-44s %-16s %s, %d s%n",
                mutant.name(),
                mutant.rules(),
                verdict.told(),
                (System.nanoTime() - begun) / 1_000_000_000);
        return verdict;
    }

    /** All, unless some are named. */
    private static List<Mutant> chosen(List<Mutant> all, List<String> names) {
        return names.isEmpty()
                ? all
                : all.stream().filter(mutant -> names.contains(mutant.name())).toList();
    }

    private static String table(List<Row> rows) {
        return rows.stream()
                .map(row ->
                        "| %s | %s | %s | %s |%n"
                                .formatted(
                                        row.mutant.name(),
                                        row.mutant.what(),
                                        row.mutant.rules(),
                                        row.verdict.told()))
                .collect(
                        Collectors.joining(
                                "",
                                """
                                | mutant | the mistake | breaks | killed by |
                                |---|---|---|---|
                                """,
                                ""));
    }
}
