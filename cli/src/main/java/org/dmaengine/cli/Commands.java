package org.dmaengine.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** All commands, as the parser knows them. Without one it says that one is missing. */
@Command(
        name = "dmaengine",
        mixinStandardHelpOptions = true,
        versionProvider = Commands.Version.class,
        scope = CommandLine.ScopeType.INHERIT,
        sortOptions = false,
        description = "Moves bytes, and says when each buffer is free.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "130:interrupted"})
final class Commands {
    private Commands() {}

    static int run(Interruption interruption, String... arguments) {
        CommandLine main = new CommandLine(new Commands());
        Map<String, Supplier<CommandLine>> commands = commands(interruption);
        Supplier<CommandLine> wanted = arguments.length > 0 ? commands.get(arguments[0]) : null;
        if (wanted != null) {
            // The others stay unread: to set all of them up takes longer than most of them run.
            main.addSubcommand(wanted.get());
        } else {
            commands.values().forEach(each -> main.addSubcommand(each.get()));
        }
        return main.setExecutionExceptionHandler(Commands::explain).execute(arguments);
    }

    /** By name, in the order of the help. */
    private static Map<String, Supplier<CommandLine>> commands(Interruption interruption) {
        Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();
        commands.put("engines", () -> new CommandLine(new EnginesCommand()));
        commands.put("copy", () -> new CommandLine(new CopyCommand(interruption)));
        commands.put("test", () -> new CommandLine(new TestCommand(interruption)));
        commands.put("bench", () -> new CommandLine(new BenchCommand()));
        commands.put("simulate", () -> new CommandLine(new SimulateCommand()));
        commands.put("replay", () -> new CommandLine(new ReplayCommand()));
        commands.put(
                "demo",
                () -> new CommandLine(new DemoCommand()).addSubcommand(new UseAfterFreeCommand()));
        return commands;
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
            var descriptor = Commands.class.getModule().getDescriptor();
            return new String[] {
                "dmaengine "
                        + (descriptor == null
                                ? "(class path)"
                                : descriptor.rawVersion().orElse("(unknown)"))
            };
        }
    }
}
