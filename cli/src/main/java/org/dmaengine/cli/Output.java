package org.dmaengine.cli;

import java.io.PrintStream;

/** Where a command writes: results on standard output, everything for people on standard error. */
final class Output extends Arguments {
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";
    private static final String NOT_WRITTEN =
            "writing the result to standard output failed; is its disk full, or its reader gone?";

    private final Argument<Boolean> json =
            flag("Write the result as JSON; the fields are in docs/cli.md.", "--json");

    boolean isJson() {
        return json.value();
    }

    @SuppressWarnings("SystemOut") // A command line is where standard output belongs.
    static PrintStream result() {
        return System.out;
    }

    /**
     * The result, all at once.
     *
     * @throws CommandFailure if it cannot be written
     */
    static void resultLine(String line) {
        result().println(line);
        // Flushes it, too.
        if (result().checkError()) {
            throw new CommandFailure(NOT_WRITTEN);
        }
    }

    /**
     * Of the whole command, when it is over.
     *
     * @return its exit code, which is a failure if what it has printed got lost
     */
    static int flushed(int code) {
        boolean lost = result().checkError();
        if (lost && code == ExitCode.DONE) {
            failure(NOT_WRITTEN);
        }
        System.err.flush();
        return lost && code == ExitCode.DONE ? ExitCode.FAILED : code;
    }

    /** One line for people. */
    static void note(String line) {
        print(printable(line));
    }

    private static void print(String line) {
        System.err.println("dmaengine: " + line);
        System.err.flush();
    }

    /** Names of files may hold whatever a terminal takes for an order. */
    static String printable(String line) {
        if (line.chars().noneMatch(Character::isISOControl)) {
            return line;
        }
        StringBuilder printable = new StringBuilder();
        line.chars()
                .forEach(each -> {
                    if (Character.isISOControl(each)) {
                        printable.append("\\u%04x".formatted(each));
                    } else {
                        printable.append((char) each);
                    }
                });
        return printable.toString();
    }

    /** One line for people, about a failure. */
    static void failure(String line) {
        boolean color = Terminal.wantsColor(System.getenv(), Terminal.isStandardError());
        String text = printable(line);
        print(color ? RED + text + PLAIN : text);
    }
}
