package org.dmaengine.cli;

import java.io.PrintStream;

/** Where a command writes: results on standard output, everything for people on standard error. */
final class Output extends Arguments {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";

    private final Argument<Boolean> json =
            flag("Write the result as JSON; the fields are in docs/cli.md.", "--json");

    boolean isJson() {
        return json.value();
    }

    @SuppressWarnings("SystemOut") // A command line is where standard output belongs.
    static PrintStream result() {
        return System.out;
    }

    /** The result, all at once. */
    static void resultLine(String line) {
        result().println(line);
        result().flush();
    }

    /** One line for people. */
    static void note(String line) {
        System.err.println("dmaengine: " + line);
        System.err.flush();
    }

    /** One line for people, about a failure. */
    static void failure(String line) {
        boolean color = Terminal.wantsColor(System.getenv(), Terminal.isStandardError());
        note(color ? RED + line + PLAIN : line);
    }
}
