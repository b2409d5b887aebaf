package org.dmaengine.cli;

import java.io.OutputStream;
import java.io.PrintStream;

/**
 * What the launcher runs once for each build, to have the VM write down what a start needs: the
 * command that is asked most and does least, then the one that loads most.
 */
final class Training {
    private Training() {}

    /**
     * @param arguments a whole command line, run after {@code engines}
     */
    static void main(String[] arguments) {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        Main.run(new Interruption(), "engines");
        System.setOut(out);
        Main.main(arguments);
    }
}
