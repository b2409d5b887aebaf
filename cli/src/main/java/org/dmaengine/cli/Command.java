package org.dmaengine.cli;

import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

import java.util.List;
import java.util.concurrent.Callable;

/** A command of the command line: its name, what it takes, what it does. */
abstract class Command extends Arguments implements Callable<Integer> {
    private final String name;
    private final List<String> description;

    /**
     * @param description lines for the help; the first also stands in the list of all commands
     */
    Command(String name, String... description) {
        this.name = name;
        this.description = List.of(description);
    }

    /** Lines for the end of the help. */
    List<String> footer() {
        return List.of();
    }

    /** For the parser. */
    final CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name(name);
        addTo(spec);
        spec.usageMessage().footer(footer().toArray(String[]::new));
        return finished(spec, description);
    }

    /** A command that only has others below it. */
    static CommandSpec group(String name, String description) {
        return finished(CommandSpec.create().name(name), List.of(description));
    }

    /** With what all commands have. */
    private static CommandSpec finished(CommandSpec spec, List<String> description) {
        spec.usageMessage()
                .sortOptions(false)
                .description(description.toArray(String[]::new))
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(UsageMessageSpec.keyValuesMap(ExitCode.MEANINGS));
        return spec.versionProvider(new Version())
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .type(boolean.class)
                                .usageHelp(true)
                                .description("Show this help message and exit.")
                                .build())
                .addOption(
                        OptionSpec.builder("-V", "--version")
                                .type(boolean.class)
                                .versionHelp(true)
                                .description("Print version information and exit.")
                                .build());
    }

    private static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var descriptor = Command.class.getModule().getDescriptor();
            return new String[] {
                "dmaengine "
                        + (descriptor == null
                                ? "(class path)"
                                : descriptor.rawVersion().orElse("(unknown)"))
            };
        }
    }
}
