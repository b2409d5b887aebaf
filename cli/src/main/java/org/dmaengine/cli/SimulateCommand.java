package org.dmaengine.cli;

import org.dmaengine.sweep.Sweep;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Map;
import java.util.concurrent.Callable;

/** Random programs against random faults in a simulation, every step checked. */
@Command(
        name = "simulate",
        description =
                "Run random programs against a simulated controller with random faults, and check"
                        + " the contract after every step.")
final class SimulateCommand implements Callable<Integer> {
    private static final long SEEDS_DEFAULT = 20_000;
    private static final long PROGRESS_STEPS = 1 << 20;

    @Mixin private Output output = new Output();

    @Option(names = "--seeds", paramLabel = "N", description = "Programs to run (20000).")
    private long seeds;

    @Option(
            names = "--steps",
            paramLabel = "M",
            description = "Stop after so many steps; alone: run as many programs as that takes.")
    private long steps;

    @Option(
            names = "--first",
            paramLabel = "SEED",
            description = "The first seed (1); two runs with other seeds use two cores.")
    private long first = 1;

    private long told;

    @Override
    public Integer call() {
        if (seeds < 0 || steps < 0) {
            throw new UsageFailure(
                    "--seeds " + seeds + " and --steps " + steps + " must be positive");
        }
        long seedsMax = seeds > 0 ? seeds : steps > 0 ? Long.MAX_VALUE : SEEDS_DEFAULT;
        Sweep.Report report =
                Sweep.run(first, seedsMax, steps > 0 ? steps : Long.MAX_VALUE, this::progress);
        output.resultLine(output.isJson() ? Json.line(json(report)) : text(report));
        if (!report.failures().isEmpty()) {
            throw new CommandFailure(
                    "the contract was broken; run './dmaengine replay "
                            + report.failures().getFirst().seed()
                            + "'");
        }
        if (!report.missing().isEmpty()) {
            throw new CommandFailure(
                    "too short to prove anything: it did not come across "
                            + report.missing()
                            + "; give more --seeds");
        }
        return ExitCode.DONE;
    }

    private void progress(long done) {
        if (done - told >= PROGRESS_STEPS && Terminal.isStandardError()) {
            told = done;
            System.err.printf("\r%,d steps", done);
        }
    }

    private static Map<String, Object> json(Sweep.Report report) {
        Map<String, Object> object = Json.object();
        object.put("seeds", report.seeds());
        object.put("steps", report.steps());
        object.put("violations", report.failures().size());
        object.put("seconds", report.seconds());
        object.put("stepsPerSecond", Math.round(report.stepsPerSecond()));
        Map<String, Object> rare = Json.object();
        report.rareEvents().forEach((event, count) -> rare.put(event.name(), count));
        object.put("rareEvents", rare);
        object.put("failedSeeds", report.failures().stream().map(Sweep.Failure::seed).toList());
        return object;
    }

    private static String text(Sweep.Report report) {
        StringBuilder text = new StringBuilder();
        for (Sweep.Failure failure : report.failures()) {
            text.append("seed ").append(failure.seed()).append(": ").append(failure.violation());
            text.append("\n\n").append(failure.program());
            text.append('\n').append(failure.history()).append('\n');
        }
        text.append("rare events:\n");
        report.rareEvents()
                .forEach((event, count) ->
                        text.append("  %-34s %,d%n".formatted(event.name(), count)));
        text.append(
                "%,d seeds, %,d steps, %d violations, %.1f s, %,d steps/s"
                        .formatted(
                                report.seeds(),
                                report.steps(),
                                report.failures().size(),
                                report.seconds(),
                                Math.round(report.stepsPerSecond())));
        return text.toString();
    }
}
