package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.annotations.Description;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Memory order of core, by jcstress: one class for each edge of docs/synchronization.md. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PublicationEdgesTest {
    private static final Path PAGE = Path.of("..", "docs", "synchronization.md");
    private static final String PLANTED = "WaitersPlanted";

    @TempDir private static Path directory;

    private static JcstressRun run;

    @BeforeAll
    @Timeout(value = 60, unit = TimeUnit.MINUTES) // The one of the class is for its tests.
    static void runAll() throws Exception {
        boolean enough = Runtime.getRuntime().availableProcessors() >= 2;
        if (!enough) {
            System.out.println("jcstress: skipped, it needs two processors");
        }
        assumeTrue(enough, "jcstress needs two processors: no edge was checked");
        boolean isLong = Form.current().isLong();
        run =
                JcstressRun.of(
                        directory, "(Edge|Planted)$", isLong ? List.of() : List.of("-time", "100"));
    }

    @Test
    @DisplayName("each row of the table and each happens-before edge has its test (C17)")
    void shouldHaveTestForEachEdge() throws Exception {
        String tested = edges().stream().map(PublicationEdgesTest::description).collect(joining());
        assertThat(namedEdges())
                .hasSizeGreaterThan(15)
                .allSatisfy(edge -> assertThat(tested).contains(edge));
    }

    @Test
    @DisplayName("no edge lets through what it must not (C17)")
    void shouldKeepEveryEdge() throws Exception {
        Map<String, List<String>> verdicts = run.verdicts();
        assertThat(edges())
                .allSatisfy(edge ->
                        assertThat(verdicts.get(edge)).as(edge).isNotNull().containsOnly("OK"));
        System.out.printf(
                "jcstress: %d edges, %d configurations, %d samples%n",
                edges().size(), run.count("planned"), run.samples());
    }

    @Test
    @DisplayName("all that was planned was run, and only what is planted failed")
    void shouldRunAll() throws Exception {
        Map<String, List<String>> verdicts = run.verdicts();
        Set<String> all = new TreeSet<>(edges());
        all.add(PLANTED);
        assertThat(verdicts).as(run.report()).containsOnlyKeys(all);
        assertThat(verdicts.values().stream().mapToInt(List::size).sum())
                .isEqualTo(run.count("planned"));
        assertThat(run.count("soft") + run.count("hard")).as(run.report()).isZero();
        assertThat(run.count("passed") + run.count("failed")).isEqualTo(run.count("planned"));
    }

    @Test
    @DisplayName("planted: a wake-up without fences is found")
    void shouldFindPlantedBug() throws Exception {
        JcstressRun search = run;
        // It takes both processors at once: on a busy machine that takes its time.
        for (int again = 0; again < 3 && !foundPlanted(search); again++) {
            search = JcstressRun.of(directory, PLANTED + "$", List.of("-time", "2000"));
        }
        assertThat(foundPlanted(search)).as(search.report()).isTrue();
    }

    private static boolean foundPlanted(JcstressRun search) {
        return search.verdicts().getOrDefault(PLANTED, List.of()).contains("FAILED");
    }

    /** What the page names: fields in the first column of its table, and the titles of its list. */
    private static Set<String> namedEdges() throws Exception {
        String page = Files.readString(PAGE);
        String table = between(page, "## Fields read without the lock", "## Happens-before");
        String list = between(page, "## Happens-before", "## Protocols");
        Set<String> named = new TreeSet<>();
        table.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1)[1])
                .forEach(cell -> named.addAll(find("(`[\\w.]+`)", cell)));
        named.addAll(find("(?m)^\\d\\. \\*(.+?\\.)\\*", list));
        return named;
    }

    private static String between(String text, String from, String to) {
        int start = text.indexOf(from);
        int end = text.indexOf(to);
        assertThat(start).as(from).isNotNegative();
        assertThat(end).as(to).isGreaterThan(start);
        return text.substring(start, end);
    }

    private static List<String> find(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(hit -> hit.group(1)).toList();
    }

    private static Set<String> edges() throws Exception {
        Path ours = JcstressRun.location(PublicationEdgesTest.class).resolve("org/dmaengine");
        try (Stream<Path> classes = Files.walk(ours)) {
            return classes.map(file -> ours.relativize(file).toString())
                    .filter(name -> name.endsWith("Edge.class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .map(name -> name.replace(File.separatorChar, '.'))
                    .collect(toCollection(TreeSet::new));
        }
    }

    private static String description(String edge) {
        try {
            return Class.forName("org.dmaengine." + edge).getAnnotation(Description.class).value();
        } catch (ClassNotFoundException gone) {
            throw new AssertionError(gone);
        }
    }
}
