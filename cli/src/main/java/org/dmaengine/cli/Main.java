package org.dmaengine.cli;

/** Entry point of the command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Interruption interruption = Interruption.ofProcess();
        int code = ExitCode.FAILED;
        try {
            code = Output.flushed(run(interruption, arguments));
        } finally {
            // Whatever has ended it: the hook that waits for this has no deadline.
            interruption.finish(code);
        }
        System.exit(code);
    }

    static int run(Interruption interruption, String... arguments) {
        if (arguments.length == 1 && arguments[0].equals("engines")) {
            interruption.endAtOnce();
            // Nothing to parse, and to load the parser takes longer than the command.
            try {
                EnginesCommand.list();
                return ExitCode.DONE;
            } catch (CommandFailure notWritten) {
                Output.failure(notWritten.line());
                return ExitCode.FAILED;
            }
        }
        return Commands.run(interruption, arguments);
    }
}
