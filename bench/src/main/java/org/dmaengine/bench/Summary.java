package org.dmaengine.bench;

import org.dmaengine.bench.PeerResult.Failed;
import org.dmaengine.bench.PeerResult.Skipped;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The last lines of the report: what is missing in it, and why. */
final class Summary {
    private Summary() {}

    /**
     * Prints it.
     *
     * @return whether every case was measured, and no peer failed
     */
    static boolean print(PrintStream out, List<CaseResult> results) {
        var peers =
                results.stream()
                        .filter(CaseResult.Measured.class::isInstance)
                        .flatMap(result -> ((CaseResult.Measured) result).peers().stream())
                        .toList();
        List<Row.Verdict> judged =
                results.stream()
                        .flatMap(result -> Row.of(result).stream())
                        .flatMap(row -> row.targets().stream())
                        .toList();
        long reached = judged.stream().filter(Row.Verdict::reached).count();
        // Nobody can tell of a peer that did not take part, or of a case without a figure.
        long aimedAt = results.stream().mapToLong(each -> each.subject().targets().size()).sum();
        long measured = count(results, CaseResult.Measured.class);
        out.printf(
                "%n%d cases measured, %d not measured, %d failed; targets: %d reached, %d missed,"
                        + " %d not judged%n",
                measured,
                count(results, CaseResult.NotMeasured.class),
                count(results, CaseResult.Failed.class),
                reached,
                judged.size() - reached,
                aimedAt - judged.size());
        var skipped = counted(peers, Skipped.class, each -> each.name() + ": " + each.reason());
        var failed = counted(peers, Failed.class, each -> each.name() + ": " + each.reason());
        skipped.forEach((what, times) -> out.println("skipped " + times + " times: " + what));
        failed.forEach((what, times) -> out.println("failed " + times + " times: " + what));
        out.flush();
        return measured == results.size() && failed.isEmpty();
    }

    private static <T> Map<String, Long> counted(
            List<PeerResult> peers, Class<T> type, Function<T, String> what) {
        return peers.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .collect(Collectors.groupingBy(what, TreeMap::new, Collectors.counting()));
    }

    private static long count(List<CaseResult> results, Class<? extends CaseResult> type) {
        return results.stream().filter(type::isInstance).count();
    }
}
