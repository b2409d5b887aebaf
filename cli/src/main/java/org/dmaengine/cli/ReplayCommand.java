package org.dmaengine.cli;

import org.dmaengine.sweep.Sweep;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Map;
import java.util.concurrent.Callable;

/** One seed of a sweep again, with its history. */
@Command(
        name = "replay",
        description = "Run one seed of 'simulate' again, and print what happened, step by step.")
final class ReplayCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "SEED", description = "The seed that 'simulate' named.")
    private long seed;

    @Option(
            names = "--whole",
            description = "Print the whole program, even if it fails; not shrunk.")
    private boolean whole;

    @Override
    public Integer call() {
        Sweep.Replay replay = Sweep.replay(seed, whole);
        output.resultLine(output.isJson() ? Json.line(json(replay)) : text(replay));
        if (!replay.violation().isEmpty()) {
            throw new CommandFailure("seed " + seed + " breaks the contract");
        }
        return ExitCode.DONE;
    }

    private static Map<String, Object> json(Sweep.Replay replay) {
        Map<String, Object> object = Json.object();
        object.put("seed", replay.seed());
        object.put("steps", replay.steps());
        object.put("violation", replay.violation());
        object.put("program", replay.program());
        object.put("history", replay.history());
        return object;
    }

    private static String text(Sweep.Replay replay) {
        return replay.program()
                + "\n"
                + replay.history()
                + "\n"
                + (replay.violation().isEmpty()
                        ? "no violation in " + replay.steps() + " steps"
                        : replay.violation());
    }
}
