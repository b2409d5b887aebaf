package org.dmaengine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** All commands, as the parser knows them. Without one it says that one is missing. */
final class Commands {
    private Commands() {}

    static int run(Interruption interruption, String... arguments) {
        CommandLine main =
                new CommandLine(
                        Command.group(
                                "dmaengine", "Moves bytes, and says when each buffer is free."));
        Map<String, Supplier<CommandSpec>> commands = commands(interruption);
        Supplier<CommandSpec> wanted = arguments.length > 0 ? commands.get(arguments[0]) : null;
        if (wanted != null) {
            // The others stay unread: to set all of them up takes longer than most of them run.
            main.addSubcommand(wanted.get());
        } else {
            commands.values().forEach(each -> main.addSubcommand(each.get()));
        }
        // A name that begins with @ is a name.
        return main.setExpandAtFiles(false)
                .setParameterExceptionHandler((problem, _) -> refuse(problem))
                .setExecutionExceptionHandler(Commands::explain)
                .execute(arguments);
    }

    /** As the parser itself does it, with the words of the user so that no terminal obeys them. */
    private static int refuse(CommandLine.ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        PrintWriter err = command.getErr();
        String message = Output.printable(String.valueOf(problem.getMessage()));
        err.println(command.getColorScheme().errorText(message));
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(problem, err)) {
            command.usage(err, command.getColorScheme());
        }
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** By name, in the order of the help. */
    private static Map<String, Supplier<CommandSpec>> commands(Interruption interruption) {
        Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
        commands.put("engines", () -> new EnginesCommand(interruption).spec());
        commands.put("copy", () -> new CopyCommand(interruption).spec());
        commands.put("test", () -> new TestCommand(interruption).spec());
        commands.put("bench", () -> new BenchCommand().spec());
        commands.put("simulate", () -> new SimulateCommand(interruption).spec());
        commands.put("replay", () -> new ReplayCommand(interruption).spec());
        commands.put(
                "demo",
                () ->
                        Command.group(
                                        "demo",
                                        "Show on this machine what goes wrong without the account"
                                                + " that is kept here.")
                                .addSubcommand(null, new UseAfterFreeCommand(interruption).spec()));
        return commands;
    }

    private static int explain(
            Exception exception, CommandLine command, CommandLine.ParseResult arguments) {
        switch (exception) {
            case UsageFailure usage -> {
                PrintWriter err = command.getErr();
                err.println(Output.printable(String.valueOf(usage.getMessage())));
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
}
