package org.dmaengine.cli;

import org.dmaengine.sweep.Sweep;

import java.util.Map;

/** Random programs against random faults in a simulation, every step checked. */
final class SimulateCommand extends Command {
    private static final long SEEDS_DEFAULT = 20_000;
    private static final long PROGRESS_STEPS = 1 << 20;

    private final Output output = with(new Output());

    private final Argument<Long> seeds =
            option(long.class, "N", 0L, "Programs to run (20000).", "--seeds");

    private final Argument<Long> steps =
            option(
                    long.class,
                    "M",
                    0L,
                    "Stop after so many steps; alone: run as many programs as that takes.",
                    "--steps");

    private final Argument<Long> first =
            option(
                    long.class,
                    "SEED",
                    1L,
                    "The first seed (1); two runs with other seeds use two cores.",
                    "--first");

    private final Interruption interruption;
    private long told;

    SimulateCommand(Interruption interruption) {
        super(
                "simulate",
                "Run random programs against a simulated controller with random faults, and check"
                        + " the contract after every step.");
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        long programs = seeds.value();
        long stepsMax = steps.value();
        if (programs < 0 || stepsMax < 0) {
            throw new UsageFailure(
                    "--seeds " + programs + " and --steps " + stepsMax + " must be positive");
        }
        long seedsMax = programs > 0 ? programs : stepsMax > 0 ? Long.MAX_VALUE : SEEDS_DEFAULT;
        Sweep.Report report =
                Sweep.run(
                        first.value(),
                        seedsMax,
                        stepsMax > 0 ? stepsMax : Long.MAX_VALUE,
                        this::progress);
        Output.resultLine(output.isJson() ? Json.line(json(report)) : text(report));
        if (!report.failures().isEmpty()) {
            throw new CommandFailure(
                    "the contract was broken; run './dmaengine replay "
                            + report.failures().getFirst().seed()
                            + "'");
        }
        if (interruption.isRequested()) {
            return ExitCode.INTERRUPTED;
        }
        if (!report.missing().isEmpty()) {
            throw new CommandFailure(
                    "too short to prove anything: it did not come across "
                            + report.missing()
                            + "; give more --seeds");
        }
        return ExitCode.DONE;
    }

    /** False ends the sweep between two seeds. */
    private boolean progress(long done) {
        if (done - told >= PROGRESS_STEPS && Terminal.isStandardError()) {
            told = done;
            System.err.printf("\r%,d steps", done);
        }
        return !interruption.isRequested();
    }

    private Map<String, Object> json(Sweep.Report report) {
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
        object.put("interrupted", interruption.isRequested());
        return object;
    }

    private String text(Sweep.Report report) {
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
                "%,d seeds, %,d steps, %d violations, %.1f s, %,d steps/s%s"
                        .formatted(
                                report.seeds(),
                                report.steps(),
                                report.failures().size(),
                                report.seconds(),
                                Math.round(report.stepsPerSecond()),
                                interruption.isRequested() ? ", interrupted" : ""));
        return text.toString();
    }
}
