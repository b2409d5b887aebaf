package org.dmaengine.cli;

/**
 * Names the benchmarks among the commands. The launcher starts them, on a class path of their own.
 */
final class BenchCommand extends Command {
    BenchCommand() {
        super("bench", "Measure every case beside what else one would use; for the launcher only.");
    }

    @Override
    public Integer call() {
        throw new CommandFailure(
                "the benchmarks are a program of their own; start it with ./dmaengine bench");
    }
}
