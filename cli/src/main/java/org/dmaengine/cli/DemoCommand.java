package org.dmaengine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** The demonstrations; so far one. */
@Command(
        name = "demo",
        description = "Show on this machine what goes wrong without the account that is kept here.")
final class DemoCommand implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "which demonstration? There is use-after-free");
    }
}
