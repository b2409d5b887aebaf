package org.dmaengine.mutants;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Judges what PIT left behind: {@code PitReport ROOT WORK PART...}. Started by {@code mutants/pit},
 * which says what the parts are.
 */
final class PitReport {
    /** The classes in which a survivor may cost somebody's memory, and the score they must have. */
    private static final Set<String> HEART =
            Set.of(
                    "VirtualChannel",
                    "BottomHalf",
                    "CallbackClaims",
                    "ChannelStatus",
                    "Closing",
                    "Endings",
                    "EngineLoss",
                    "EngineSide",
                    "InFlight",
                    "Pausing",
                    "Quiescing",
                    "Submission",
                    "Terminating",
                    "CallbackRunner",
                    "DmaArena",
                    "MemoryOwner",
                    "MappedBuffer",
                    "Quarantine");

    private static final String HEART_PART = "heart";

    private static final int SCORE_MIN_PERCENT = 85;

    /** Of one class, or of all of a part. */
    private record Score(int mutations, int killed) {
        Score plus(PitMutation mutation) {
            return new Score(mutations + 1, killed + (mutation.isKilled() ? 1 : 0));
        }

        int percent() {
            return 100 * killed / mutations;
        }
    }

    private PitReport() {}

    public static void main(String[] arguments) throws IOException {
        List<String> parts = new ArrayList<>(Arrays.asList(arguments));
        Path root = Path.of(parts.removeFirst());
        Path work = Path.of(parts.removeFirst());
        List<String> wrong = new ArrayList<>();
        StringBuilder table =
                new StringBuilder("| class | mutants | killed | score |\n|---|---:|---:|---:|\n");
        for (String part : parts) {
            String module = part.startsWith("engine-") ? part : "core";
            List<PitMutation> mutations =
                    PitMutation.read(
                            work.resolve("pit").resolve(part).resolve("mutations.xml"),
                            root.resolve(module).resolve("src/main/java"));
            wrong.addAll(judge(part, mutations, table));
            if (part.equals(HEART_PART)) {
                wrong.addAll(
                        Survivors.read(root.resolve("mutants/survivors.md"))
                                .misfits(mutations.stream().filter(PitReport::isOpen).toList()));
            }
        }
        System.out.print(table);
        if (!wrong.isEmpty()) {
            wrong.forEach(each -> System.err.println("\n" + each));
            System.exit(1);
        }
    }

    private static boolean isOpen(PitMutation mutation) {
        return HEART.contains(mutation.type()) && !mutation.isKilled();
    }

    private static List<String> judge(
            String part, List<PitMutation> mutations, StringBuilder table) {
        Map<String, Score> byClass = new TreeMap<>();
        Score all = new Score(0, 0);
        for (PitMutation mutation : mutations) {
            byClass.put(
                    mutation.type(),
                    byClass.getOrDefault(mutation.type(), new Score(0, 0)).plus(mutation));
            all = all.plus(mutation);
        }
        if (all.killed == 0) {
            return List.of("no mutant of " + part + " was killed: did any test run?");
        }
        List<String> wrong = new ArrayList<>();
        table.append(row("**" + part + "**", all));
        for (var each : byClass.entrySet()) {
            boolean isHeart = HEART.contains(each.getKey());
            table.append(
                    row(isHeart ? "**" + each.getKey() + "**" : each.getKey(), each.getValue()));
            if (isHeart && each.getValue().percent() < SCORE_MIN_PERCENT) {
                wrong.add(each.getKey() + " is below " + SCORE_MIN_PERCENT + " %");
            }
        }
        if (part.equals(HEART_PART) && !byClass.keySet().containsAll(HEART)) {
            wrong.add("PIT made no mutants of some of " + HEART);
        }
        return wrong;
    }

    private static String row(String name, Score score) {
        return "| %s | %d | %d | %d %% |%n"
                .formatted(name, score.mutations, score.killed, score.percent());
    }
}
