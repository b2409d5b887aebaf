import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares echo servers over TCP on the loopback interface. Each runs in a process of its own, all
 * on one core, in turn, a short while each, again and again; the load runs on the other core.
 *
 * <pre>EchoBench LOAD LOAD-CORE SERVER-CORE ROUNDS SECONDS SERVER...</pre>
 *
 * LOAD is the program made of load.c. The ratios are to the first server.
 */
public final class EchoBench {
    private static final int[] MESSAGE_BYTES = {64, 4 << 10, 64 << 10};
    private static final int[] CONNECTIONS = {1, 64};

    /** Until everything is compiled that will be. */
    private static final double WARM_UP_SECONDS = 3;

    /** A server's part of one round. */
    private record Turn(
            double perSecond, double p50, double p99, double processorNanos, double heapBytes) {}

    private final LoadProcess load;
    private final List<ServerProcess> servers;
    private final int rounds;
    private final double seconds;

    private EchoBench(LoadProcess load, List<ServerProcess> servers, int rounds, double seconds) {
        this.load = load;
        this.servers = servers;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    public static void main(String[] words) throws Exception {
        List<String> java =
                List.of(
                        "taskset",
                        "-c",
                        words[2],
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"));
        List<ServerProcess> servers = new ArrayList<>();
        try (LoadProcess load = new LoadProcess(List.of("taskset", "-c", words[1], words[0]))) {
            for (String name : Arrays.asList(words).subList(5, words.length)) {
                servers.add(ServerProcess.start(name, java));
            }
            new EchoBench(load, servers, Integer.parseInt(words[3]), Double.parseDouble(words[4]))
                    .run();
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    private void run() throws IOException {
        System.out.printf(
                "%-14s %-30s %10s %8s %8s %8s %9s %6s %13s %6s%n",
                "case",
                "server",
                "per-s",
                "p50-us",
                "p99-us",
                "cpu-ns",
                "heap-B",
                "ratio",
                "min..max",
                "cpu");
        for (int connections : CONNECTIONS) {
            for (int bytes : MESSAGE_BYTES) {
                compare(bytes, connections);
            }
        }
    }

    private void compare(int bytes, int connections) throws IOException {
        int[] ports = new int[servers.size()];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = servers.get(i).listen(bytes);
            load.run(ports[i], WARM_UP_SECONDS, bytes, connections);
        }
        Turn[][] turns = new Turn[ports.length][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < ports.length; i++) {
                turns[i][round] = turn(servers.get(i), ports[i], bytes, connections);
            }
        }
        String size = bytes < 1024 ? bytes + "B" : (bytes >> 10) + "K";
        for (int i = 0; i < ports.length; i++) {
            print(size + "-x-" + connections, servers.get(i).name(), turns[i], turns[0]);
        }
    }

    private Turn turn(ServerProcess server, int port, int bytes, int connections)
            throws IOException {
        ServerProcess.Usage before = server.usage();
        LoadProcess.Load result = load.run(port, seconds, bytes, connections);
        ServerProcess.Usage after = server.usage();
        double count = result.roundTrips();
        return new Turn(
                result.perSecond(),
                result.microsAt(50),
                result.microsAt(99),
                (after.processorNanos() - before.processorNanos()) / count,
                (after.allocatedBytes() - before.allocatedBytes()) / count);
    }

    /** The ratios are those of neighbours: greater than 1 is better than the peer. */
    private void print(String title, String server, Turn[] turns, Turn[] peers) {
        double[] speed = new double[rounds];
        double[] processor = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            speed[i] = turns[i].perSecond() / peers[i].perSecond();
            processor[i] = peers[i].processorNanos() / turns[i].processorNanos();
        }
        System.out.printf(
                "%-14s %-30s %10.0f %8.1f %8.1f %8.0f %9.2f %6.2f %6.2f..%5.2f %6.2f%n",
                title,
                server,
                median(Arrays.stream(turns).mapToDouble(Turn::perSecond).toArray()),
                median(Arrays.stream(turns).mapToDouble(Turn::p50).toArray()),
                median(Arrays.stream(turns).mapToDouble(Turn::p99).toArray()),
                median(Arrays.stream(turns).mapToDouble(Turn::processorNanos).toArray()),
                median(Arrays.stream(turns).mapToDouble(Turn::heapBytes).toArray()),
                median(speed),
                Arrays.stream(speed).min().orElseThrow(),
                Arrays.stream(speed).max().orElseThrow(),
                median(processor));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }
}
