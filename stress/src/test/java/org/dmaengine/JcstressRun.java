package org.dmaengine;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import org.dmaengine.engine.cpu.CpuEngineProvider;
import org.dmaengine.engine.uring.UringEngineProvider;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * One run of jcstress, and what it reported. It ends well also when it ran nothing, or could not
 * run it: so its report is read, and not its exit.
 */
record JcstressRun(String report) {
    private static final Duration TIMEOUT = Duration.ofMinutes(55);

    // "(Results: 20 planned; 20 passed, 0 failed, 0 soft errs, 0 hard errs)", again and again.
    private static final Pattern COUNTS =
            Pattern.compile(
                    "Results: (?<planned>\\d+) planned; (?<passed>\\d+) passed, (?<failed>\\d+)"
                            + " failed, (?<soft>\\d+) soft errs, (?<hard>\\d+) hard errs");
    // "....... [FAILED] org.dmaengine.WaitersPlanted", once for each configuration of the JVM.
    private static final Pattern VERDICT =
            Pattern.compile("\\[([A-Z ]+)\\] org\\.dmaengine\\.([\\w.]+)");
    // "    0, 1    1,963   11.00%  Acceptable  not there yet".
    private static final Pattern SAMPLES = Pattern.compile("\\s{2,}([\\d,]+)\\s+<?[\\d.]+%");

    /** Runs the classes whose names match, in the short or in the long form. */
    static JcstressRun of(Path directory, String names, List<String> more) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath(directory)));
        words.addAll(List.of("org.openjdk.jcstress.Main", "-v", "-m", "quick", "-t", names));
        // States are whole channels: few of them at a time.
        words.addAll(List.of("-strideSize", "64", "-strideCount", "8"));
        if (!Form.current().isLong()) {
            // One JVM for each class, as it comes; the long form takes them through the compilers.
            words.addAll(List.of("-f", "1", "-iters", "1", "-sc", "false", "-pth", "false"));
            words.addAll(List.of("-jvmArgs", "--enable-native-access=ALL-UNNAMED"));
        }
        words.addAll(more);
        return new JcstressRun(Command.run(directory, TIMEOUT, words).output());
    }

    /** A count of its last line of results. */
    int count(String name) {
        Matcher counts = COUNTS.matcher(report);
        int last = -1;
        while (counts.find()) {
            last = Integer.parseInt(counts.group(name));
        }
        if (last < 0) {
            throw new AssertionError("no results in\n" + report);
        }
        return last;
    }

    /** The verdicts on each class, one for each configuration. */
    Map<String, List<String>> verdicts() {
        return VERDICT.matcher(asItRan())
                .results()
                .collect(groupingBy(hit -> hit.group(2), mapping(hit -> hit.group(1), toList())));
    }

    long samples() {
        return SAMPLES.matcher(asItRan())
                .results()
                .map(hit -> hit.group(1))
                .mapToLong(number -> Long.parseLong(number.replace(",", "")))
                .sum();
    }

    /** Without the summary, which says it all once more. */
    private String asItRan() {
        int summary = report.indexOf("RUN RESULTS:");
        if (summary < 0) {
            throw new AssertionError("it did not come to its end:\n" + report);
        }
        return report.substring(0, summary);
    }

    /** It looks for its classes in jars only. */
    private static String classPath(Path directory) throws Exception {
        Stream<Path> libraries =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .filter(path -> path.toString().matches(".*/(jcstress|jopt|jna).*\\.jar"));
        Stream<Path> ours =
                Stream.of(
                        jar(directory, "tests", location(JcstressRun.class)),
                        jar(directory, "core", location(VirtualChannel.class)),
                        jar(directory, "cpu", location(CpuEngineProvider.class)),
                        jar(directory, "uring", location(UringEngineProvider.class)));
        return Stream.concat(ours, libraries)
                .map(Path::toString)
                .collect(joining(File.pathSeparator));
    }

    private static Path jar(Path directory, String name, Path classes) {
        if (!Files.isDirectory(classes)) {
            return classes;
        }
        Path jar = directory.resolve(name + ".jar");
        List<String> words =
                List.of("--create", "--file", jar.toString(), "-C", classes.toString(), ".");
        int exit =
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, words.toArray(String[]::new));
        if (exit != 0) {
            throw new AssertionError("jar " + words + " ended with " + exit);
        }
        return jar;
    }

    /** Where the classes of one of ours are: a folder, or a jar. */
    static Path location(Class<?> ours) throws Exception {
        return Path.of(ours.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
