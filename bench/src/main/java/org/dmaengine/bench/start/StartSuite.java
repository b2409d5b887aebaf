package org.dmaengine.bench.start;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Short commands: what they cost is their start. */
public final class StartSuite implements Suite {
    private static final String JVM = "java -version";

    /** A command of ours may take three times as long as the JVM alone. */
    private static final double RATIO_MIN = 1.0 / 3;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String summary() {
        return "a short command from the shell to its end, beside the start of the JVM";
    }

    @Override
    public List<Case> cases() {
        return List.of(
                Case.of(name(), "dmaengine engines", "ms", Better.SMALLER, ours())
                        .beside(jvm())
                        .aimingAt(new Target.Ratio(JVM, RATIO_MIN)));
    }

    private static Entry ours() {
        return entry(
                "dmaengine engines",
                site -> {
                    Path launcher = site.peers().resolve("../../dmaengine").normalize();
                    return List.of(launcher.toString(), "engines");
                });
    }

    private static Entry jvm() {
        // The launcher of ours reads them itself.
        String options = System.getenv().getOrDefault("DMAENGINE_JAVA_OPTS", "");
        return entry(JVM, _ -> jvm(options));
    }

    /**
     * @param options for the JVM, separated by spaces
     */
    static List<String> jvm(String options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Stream.of(options.split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.add("-version");
        return command;
    }

    private static Entry entry(String name, Function<Site, List<String>> command) {
        // A process may use the cores of the thread that starts it: all of them, as from a shell.
        return new Entry(name, site -> new Starts(command.apply(site))).onBothCores();
    }
}
