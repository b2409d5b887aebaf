package org.dmaengine.bench.start;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

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
                site -> site.peers().resolve("../../dmaengine").normalize(),
                "engines");
    }

    private static Entry jvm() {
        return entry(
                JVM, site -> Path.of(System.getProperty("java.home"), "bin", "java"), "-version");
    }

    private static Entry entry(String name, Function<Site, Path> program, String argument) {
        // A process may use the cores of the thread that starts it: all of them, as from a shell.
        return new Entry(
                        name, site -> new Starts(List.of(program.apply(site).toString(), argument)))
                .onBothCores();
    }
}
