package org.dmaengine.bench.start;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.nio.file.Path;
import java.util.List;

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
                        .beside(new Entry(JVM, StartSuite::jvm))
                        .aimingAt(new Target.Ratio(JVM, RATIO_MIN)));
    }

    private static Entry ours() {
        return new Entry(
                "dmaengine engines",
                site -> {
                    Path launcher = site.peers().resolve("../../dmaengine").normalize();
                    return new Starts(site, List.of(launcher.toString(), "engines"));
                });
    }

    private static Starts jvm(Site site) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new Starts(site, List.of(java.toString(), "-version"));
    }
}
