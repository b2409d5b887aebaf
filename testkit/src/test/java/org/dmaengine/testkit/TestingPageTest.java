package org.dmaengine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of docs/testing.md are those of the suite, and no rule goes without a check. */
class TestingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "testing.md");
    private static final Pattern RULE = Pattern.compile("\\b([CP])(\\d{1,2})\\b");

    @Test
    void shouldHaveCheckForEachRule() {
        List<String> rules =
                Stream.concat(
                                IntStream.rangeClosed(1, 18).mapToObj(i -> "C" + i),
                                IntStream.rangeClosed(1, 10).mapToObj(i -> "P" + i))
                        .toList();
        assertThat(checksByRule().keySet()).containsExactlyInAnyOrderElementsOf(rules);
    }

    @Test
    void shouldNameEachCheckDifferently() {
        List<String> names = checks().map(Method::getName).toList();
        assertThat(names).doesNotHaveDuplicates();
    }

    @Test
    void shouldListChecksByRule() throws IOException {
        String table =
                checksByRule().entrySet().stream()
                        .map(each -> row(each.getKey(), String.join(", ", each.getValue())))
                        .collect(Collectors.joining("\n"));
        assertThat(Files.readString(PAGE))
                .contains("| rule | checks |\n|---|---|\n" + table + "\n");
    }

    @Test
    void shouldListBrokenEngines() throws IOException {
        String table =
                Arrays.stream(Defect.values())
                        .filter(defect -> defect != Defect.NONE)
                        .map(defect ->
                                row(
                                        words(defect),
                                        "`" + defect.check + "`",
                                        "`" + defect.reason + "`"))
                        .collect(Collectors.joining("\n"));
        assertThat(Files.readString(PAGE))
                .contains(
                        "| an engine that | is caught by | which says |\n|---|---|---|\n"
                                + table
                                + "\n");
    }

    private static String words(Defect defect) {
        return defect.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private static Stream<Method> checks() {
        return Arrays.stream(EngineContract.class.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class));
    }

    private static Map<String, List<String>> checksByRule() {
        Map<String, List<String>> byRule =
                new TreeMap<>(
                        Comparator.comparing((String rule) -> rule.substring(0, 1))
                                .thenComparingInt(rule -> Integer.parseInt(rule.substring(1))));
        checks().sorted(Comparator.comparing(Method::getName))
                .forEach(check -> {
                    String title = check.getAnnotation(DisplayName.class).value();
                    Matcher matcher = RULE.matcher(title.split(":", 2)[0]);
                    while (matcher.find()) {
                        byRule.computeIfAbsent(matcher.group(), key -> new ArrayList<>())
                                .add("`" + check.getName() + "`");
                    }
                });
        return byRule;
    }
}
