package org.dmaengine.cli;

import picocli.CommandLine.Command;

import java.util.concurrent.Callable;

/**
 * Names the benchmarks among the commands. The launcher starts them, on a class path of their own.
 */
@Command(
        name = "bench",
        description = "Measure every case beside what else one would use; for the launcher only.")
final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new CommandFailure(
                "the benchmarks are a program of their own; start it with ./dmaengine bench");
    }
}
