package org.dmaengine.bench;

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
import java.util.stream.Stream;

/**
 * Where and how the figures were made, in the order of the report.
 *
 * @param facts what, and its value
 */
record Machine(Map<String, Object> facts) {

    /**
     * This machine.
     *
     * @param processors there are, those included on which nothing is measured
     * @param arguments of the command
     */
    static Machine here(int processors, Cores cores, List<String> arguments) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("processor", field("/proc/cpuinfo", "model name"));
        facts.put("processors", processors);
        facts.put("cores", cores + (cores.areHalvesOfOne() ? ", halves of one" : ""));
        facts.put("memory", field("/proc/meminfo", "MemTotal"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put(
                "jdk",
                System.getProperty("java.vendor.version", System.getProperty("java.vendor"))
                        + ", "
                        + Runtime.version());
        facts.put(
                "jvmOptions",
                String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        List<String> command = new ArrayList<>(List.of("./dmaengine", "bench"));
        command.addAll(arguments);
        facts.put("command", String.join(" ", command));
        facts.put("began", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return new Machine(facts);
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
        facts.forEach((name, value) -> text.append("%-11s %s%n".formatted(name, value)));
        return text.toString();
    }
}
