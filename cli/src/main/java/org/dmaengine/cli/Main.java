package org.dmaengine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** Entry point of the command line. */
@Command(
        name = "dmaengine",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        sortOptions = false,
        description = "Moves bytes, and says when each buffer is free.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "130:interrupted"})
public final class Main implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    private Main() {}

    public static void main(String[] arguments) {
        Interruption interruption = Interruption.ofProcess();
        int code = ExitCode.FAILED;
        try {
            code = run(interruption, arguments);
            System.out.flush();
            System.err.flush();
        } finally {
            // Whatever has ended it: the hook that waits for this has no deadline.
            interruption.finish(code);
        }
        System.exit(code);
    }

    static int run(Interruption interruption, String... arguments) {
        return new CommandLine(new Main())
                .addSubcommand(new EnginesCommand())
                .addSubcommand(new CopyCommand(interruption))
                .addSubcommand(new TestCommand(interruption))
                .addSubcommand(new BenchCommand())
                .addSubcommand(new SimulateCommand())
                .addSubcommand(new ReplayCommand())
                .addSubcommand(
                        new CommandLine(new DemoCommand()).addSubcommand(new UseAfterFreeCommand()))
                .setExecutionExceptionHandler(Main::explain)
                .execute(arguments);
    }

    /** Without a command there is nothing to do but to say which there are. */
    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int explain(
            Exception exception, CommandLine command, CommandLine.ParseResult arguments) {
        switch (exception) {
            case UsageFailure usage -> {
                PrintWriter err = command.getErr();
                err.println(usage.getMessage());
                err.println("Try 'dmaengine " + command.getCommandName() + " --help'.");
                err.flush();
                return ExitCode.USAGE;
            }
            case CommandFailure failure -> Output.failure(failure.line());
            default -> {
                // Nobody foresaw it: the trace is what a report needs.
                Output.failure("unexpected: " + exception);
                exception.printStackTrace();
            }
        }
        return ExitCode.FAILED;
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var descriptor = Main.class.getModule().getDescriptor();
            return new String[] {
                "dmaengine "
                        + (descriptor == null
                                ? "(class path)"
                                : descriptor.rawVersion().orElse("(unknown)"))
            };
        }
    }
}
