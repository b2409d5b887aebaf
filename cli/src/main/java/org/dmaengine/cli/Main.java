package org.dmaengine.cli;

import org.dmaengine.DmaEngines;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

import tools.jackson.jr.ob.JSON;

import java.util.Map;
import java.util.concurrent.Callable;

/** Entry point of the command line. */
@Command(
        name = "dmaengine",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Moves bytes, and says when each buffer is free.")
public final class Main implements Callable<Integer> {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() {
        System.out.println(JSON.std.asString(Map.of("engines", DmaEngines.count())));
        return 0;
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
