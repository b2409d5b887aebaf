package org.dmaengine.cli;

import org.dmaengine.sweep.Sweep;

import java.util.Map;

/** One seed of a sweep again, with its history. */
final class ReplayCommand extends Command {
    private final Output output = with(new Output());

    private final Argument<Long> seed =
            parameter(long.class, "SEED", "The seed that 'simulate' named.");

    private final Argument<Boolean> whole =
            flag("Print the whole program, even if it fails; not shrunk.", "--whole");

    private final Interruption interruption;

    ReplayCommand(Interruption interruption) {
        super("replay", "Run one seed of 'simulate' again, and print what happened, step by step.");
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        interruption.endAtOnce();
        Sweep.Replay replay = Sweep.replay(seed.value(), whole.value());
        Output.resultLine(output.isJson() ? Json.line(json(replay)) : text(replay));
        if (!replay.violation().isEmpty()) {
            throw new CommandFailure("seed " + seed.value() + " breaks the contract");
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
