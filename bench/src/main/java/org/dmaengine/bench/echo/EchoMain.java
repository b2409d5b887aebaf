package org.dmaengine.bench.echo;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.dmaengine.bench.Cores;
import org.dmaengine.bench.PeerProcess;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;

/**
 * A process with one of the servers, all of it on one core, and the program that asks it, on the
 * other; see {@link PeerProcess}. For each line {@code SECONDS} it answers round trips a second,
 * and the nanoseconds of each of them.
 */
final class EchoMain {
    private EchoMain() {}

    /** {@code KIND LOAD LOAD_CORE SERVER_CORE MESSAGE_BYTES CONNECTIONS}. */
    @SuppressWarnings("SystemOut") // The protocol.
    public static void main(String[] arguments) throws Exception {
        PeerProcess.endWithHarness();
        // All there are; those to come inherit it.
        Cores.pinThreads("", Integer.parseInt(arguments[3]));
        int port = listen(EchoKind.valueOf(arguments[0]), Integer.parseInt(arguments[4]));
        Process load =
                new ProcessBuilder(
                                arguments[1],
                                arguments[2],
                                Integer.toString(port),
                                arguments[4],
                                arguments[5])
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader answers = load.inputReader(UTF_8);
        BufferedReader turns = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (PrintStream questions = new PrintStream(load.getOutputStream(), true, UTF_8)) {
            for (String turn = turns.readLine(); turn != null; turn = turns.readLine()) {
                questions.println(turn);
                String answer = answers.readLine();
                if (answer == null) {
                    throw new IOException("the load ended with code " + load.waitFor());
                }
                System.out.println(answer);
                System.out.flush();
            }
        }
        // With all connections, whose threads nobody ends.
        System.exit(0);
    }

    private static int listen(EchoKind kind, int messageBytes) throws Exception {
        try {
            return kind.open().listen(messageBytes);
        } catch (UnsupportedOperationException unavailable) {
            System.err.println(unavailable.getMessage());
            System.exit(PeerProcess.EXIT_SKIP);
            throw unavailable;
        }
    }
}
