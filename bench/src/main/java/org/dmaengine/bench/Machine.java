package org.dmaengine.bench;

import org.dmaengine.bench.file.ColdFiles;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where and how the figures were made, in the order of the report.
 *
 * @param facts what, and its value
 */
record Machine(Map<String, Object> facts) {
    private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");
    private static final Pattern VERSION = Pattern.compile("<version>(.+?)</version>");

    /**
     * This machine.
     *
     * @param processors there are, those included on which nothing is measured
     * @param site where it is measured
     * @param arguments of the command
     */
    static Machine here(int processors, Site site, List<String> arguments)
            throws IOException, InterruptedException {
        Cores cores = site.cores();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("processor", field("/proc/cpuinfo", "model name"));
        facts.put("processors", processors);
        facts.put("cores", cores + (cores.areHalvesOfOne() ? ", halves of one" : ""));
        facts.put("memory", field("/proc/meminfo", "MemTotal"));
        facts.put("hugePages", chosen(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")));
        facts.put("fileSystem", Files.getFileStore(site.work()).type() + " of " + site.work());
        facts.put("cacheDropped", ColdFiles.inWords());
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put(
                "jdk",
                System.getProperty("java.vendor.version", System.getProperty("java.vendor"))
                        + ", "
                        + Runtime.version());
        facts.put(
                "jvmOptions",
                String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        facts.put("revision", revision(site.root()));
        facts.put("command", command(arguments));
        facts.put("began", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return new Machine(facts);
    }

    /** As a shell takes it. */
    static String command(List<String> arguments) {
        return Stream.concat(Stream.of("./dmaengine", "bench"), arguments.stream())
                .map(each ->
                        PLAIN.matcher(each).matches()
                                ? each
                                : "'" + each.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    /** The one in brackets of those that the kernel knows. */
    private static String chosen(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "unknown";
        }
        return Files.readString(file).replaceAll("(?s).*\\[(.*)\\].*", "$1").strip();
    }

    /** Of the sources: a commit, or where there is none the version. */
    static String revision(Path root) throws IOException, InterruptedException {
        try {
            if (Files.exists(root.resolve(".git"))) {
                Program.require("git");
                String commit = git(root, "rev-parse", "--short=12", "HEAD");
                return git(root, "status", "--porcelain").isEmpty() ? commit : commit + ", changed";
            }
        } catch (Skip noGit) {
            return version(root);
        }
        return version(root);
    }

    private static String git(Path root, String... command)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("git", "-C", root.toString()));
        all.addAll(List.of(command));
        return Program.run(all);
    }

    private static String version(Path root) throws IOException {
        Path pom = root.resolve("pom.xml");
        if (!Files.exists(pom)) {
            return "unknown";
        }
        Matcher version = VERSION.matcher(Files.readString(pom));
        return version.find() ? version.group(1) : "unknown";
    }

    private static String field(String file, String name) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    /** As lines of text. */
    String text() {
        StringBuilder text = new StringBuilder();
        facts.forEach((name, value) -> text.append("%-12s %s%n".formatted(name, value)));
        return text.toString();
    }
}
