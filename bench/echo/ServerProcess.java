import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An {@link EchoServer} on a core of its own. */
final class ServerProcess implements AutoCloseable {
    /**
     * @param processorNanos processor time until now
     * @param allocatedBytes on the heap, until now
     */
    record Usage(long processorNanos, long allocatedBytes) {}

    private final String name;
    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;

    /**
     * @param java the command that starts a JVM with the same class path, on that core
     */
    static ServerProcess start(String name, List<String> java) throws IOException {
        List<String> command = new ArrayList<>(java);
        command.add("EchoServer");
        command.addAll(List.of(name.split(" ")));
        return new ServerProcess(name, command);
    }

    private ServerProcess(String name, List<String> command) throws IOException {
        this.name = name;
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
    }

    String name() {
        return name;
    }

    int listen(int messageBytes) throws IOException {
        return Integer.parseInt(ask("listen " + messageBytes));
    }

    Usage usage() throws IOException {
        String[] words = ask("usage").split(" ");
        return new Usage(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    private String ask(String question) throws IOException {
        in.println(question);
        String answer = out.readLine();
        if (answer == null) {
            throw new IOException("server " + name + " has ended");
        }
        return answer;
    }

    @Override
    public void close() {
        // The end of its input ends it.
        in.close();
        process.onExit().join();
    }
}
