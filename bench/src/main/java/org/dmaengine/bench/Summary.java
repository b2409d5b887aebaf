package org.dmaengine.bench;

import org.dmaengine.bench.PeerResult.Skipped;

import java.io.PrintStream;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The last lines of the report: what is missing in it, and why. */
final class Summary {
    private Summary() {}

    /**
     * Prints it.
     *
     * @return whether every case was measured
     */
    static boolean print(PrintStream out, List<CaseResult> results) {
        var skipped =
                results.stream()
                        .filter(CaseResult.Measured.class::isInstance)
                        .flatMap(result -> ((CaseResult.Measured) result).peers().stream())
                        .filter(Skipped.class::isInstance)
                        .map(Skipped.class::cast)
                        .collect(
                                Collectors.groupingBy(
                                        each -> each.name() + ": " + each.reason(),
                                        TreeMap::new,
                                        Collectors.counting()));
        var targets =
                results.stream()
                        .flatMap(result -> Row.of(result).stream())
                        .flatMap(row -> row.targets().stream())
                        .collect(
                                Collectors.partitioningBy(
                                        Row.Verdict::reached, Collectors.counting()));
        long measured = count(results, CaseResult.Measured.class);
        out.printf(
                "%n%d cases measured, %d not measured, %d failed; targets: %d reached, %d missed%n",
                measured,
                count(results, CaseResult.NotMeasured.class),
                count(results, CaseResult.Failed.class),
                targets.get(true),
                targets.get(false));
        skipped.forEach((what, times) -> out.println("skipped " + times + " times: " + what));
        out.flush();
        return measured == results.size();
    }

    private static long count(List<CaseResult> results, Class<? extends CaseResult> type) {
        return results.stream().filter(type::isInstance).count();
    }
}
