package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The protocols of core and of the CPU engine's doorbell and crew as Spin models, every
 * interleaving of them; and that they are still so.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ProtocolModelsTest {
    private static final Path MODELS = Path.of("spin");
    private static final Path CORE =
            Path.of("..", "core", "src", "main", "java", "org", "dmaengine");
    private static final Path CPU =
            Path.of("..", "engine-cpu", "src/main/java", "org", "dmaengine", "engine", "cpu");
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    // "Class.method: code", in a comment of one line.
    private static final Pattern STEP = Pattern.compile("/\\* (\\w+)\\.(\\w+): (.+) \\*/");
    private static final Pattern ERRORS = Pattern.compile("errors: (\\d+)");
    private static final Pattern STATES = Pattern.compile("(\\d+) states, stored");
    private static final Pattern UNREACHED = Pattern.compile("\\((\\d+) of \\d+ states\\)");

    private static int models;
    private static long states;

    @TempDir private Path directory;

    @AfterAll
    static void tellTotals() {
        System.out.printf("spin: %d models, %d states%n", models, states);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transfer-wakeup", "channel-wakeup", "termination", "doorbell", "crew"})
    void shouldHoldInEveryInterleaving(String model) throws Exception {
        requireSpin();
        String report = search(model, Form.current().isLong() ? "-DTRANSFERS=3" : "-DSHORT");
        assertThat(number(ERRORS, report)).as(report).isZero();
        // A step that nobody reached was not checked.
        Matcher unreached = UNREACHED.matcher(report);
        while (unreached.find()) {
            assertThat(unreached.group(1)).as(report).isEqualTo("0");
        }
        models++;
        states += number(STATES, report);
        System.out.printf("spin: %s: %d states, 0 errors%n", model, number(STATES, report));
    }

    @ParameterizedTest
    @CsvSource({
        "transfer-wakeup, -DBUG",
        "channel-wakeup, -DBUG",
        "termination, -DBUG",
        "doorbell, -DBUG",
        "crew, -DBUG",
        "crew, -DBUG2"
    })
    @DisplayName("the planted bugs in each model are found")
    void shouldFindPlantedBug(String model, String bug) throws Exception {
        requireSpin();
        String report = search(model, bug);
        assertThat(number(ERRORS, report)).as(report).isPositive();
    }

    @Test
    @DisplayName("each step of a model names code that is still there")
    void shouldNameCodeThatIsThere() throws IOException {
        List<String> lost = new ArrayList<>();
        int steps = 0;
        for (Path model : models()) {
            Matcher step = STEP.matcher(Files.readString(model));
            while (step.find()) {
                steps++;
                if (!isInSource(step.group(1), step.group(2), step.group(3))) {
                    lost.add(model + " " + step.group());
                }
            }
        }
        assertThat(lost).isEmpty();
        assertThat(steps).isGreaterThan(40);
    }

    private static List<Path> models() throws IOException {
        try (Stream<Path> files = Files.list(MODELS)) {
            return files.filter(file -> file.toString().endsWith(".pml")).toList();
        }
    }

    private static boolean isInSource(String type, String method, String code) {
        Path file = Path.of(type + ".java");
        try {
            for (Path folder : List.of(CORE, CPU)) {
                if (Files.exists(folder.resolve(file))) {
                    String source = oneLine(Files.readString(folder.resolve(file)));
                    int from = source.indexOf(" " + method + "(");
                    return from > 0 && source.indexOf(oneLine(code), from) > 0;
                }
            }
            return false;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    private static void requireSpin() {
        boolean there = Command.exists("spin") && Command.exists("gcc");
        String reason = "spin or gcc is not installed: its models were not checked";
        if (!there) {
            System.out.println("spin: skipped, " + reason);
        }
        Assumptions.assumeTrue(there, reason);
    }

    /** Every interleaving of a model; what pan reports. */
    private String search(String model, String definition) throws Exception {
        Path source = MODELS.resolve(model + ".pml").toAbsolutePath();
        Command.output(directory, TIMEOUT, List.of("spin", "-a", definition, source.toString()));
        Command.output(
                directory,
                TIMEOUT,
                List.of("gcc", "-O1", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c"));
        String report = Command.output(directory, TIMEOUT, List.of("./pan", "-m200000"));
        // It ends with 0 either way: what counts is what it says.
        assertThat(report).doesNotContain("max search depth too small", "out of memory");
        return report;
    }

    private static long number(Pattern pattern, String report) {
        Matcher matcher = pattern.matcher(report);
        assertThat(matcher.find()).as("%s in%n%s", pattern, report).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
