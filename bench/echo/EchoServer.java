import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;

/**
 * A process with one of the servers that are compared, which is named by its arguments. It answers
 * lines of its input:
 *
 * <pre>
 *   listen BYTES   the port where messages of this size are sent back
 *   usage          processor time in ns, and bytes allocated on the heap, of all threads until now
 * </pre>
 */
public final class EchoServer {
    /** Who sends back. */
    interface Echo {
        /** Listens on a port of its own, for as long as the process lives. */
        int listen(int messageBytes) throws Exception;
    }

    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private EchoServer() {}

    public static void main(String[] words) throws Exception {
        Echo echo =
                switch (words[0]) {
                    case "netty" -> new NettyEcho();
                    case "threads" -> new ThreadEcho();
                    case "one-channel" -> new EngineEcho(words[1], true);
                    case "two-channels" -> new EngineEcho(words[1], false);
                    default -> throw new IllegalArgumentException("no server " + words[0]);
                };
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(answer(echo, line.split(" ")));
        }
        // The end of its input ends it, with all its connections.
        System.exit(0);
    }

    private static String answer(Echo echo, String[] words) throws Exception {
        return switch (words[0]) {
            case "listen" -> Integer.toString(echo.listen(Integer.parseInt(words[1])));
            case "usage" ->
                    SYSTEM.getProcessCpuTime() + " " + THREADS.getTotalThreadAllocatedBytes();
            default -> throw new IOException("not understood: " + words[0]);
        };
    }
}
