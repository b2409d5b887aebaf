import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Compares an engine with a bare ring in C, fio and the JDK's channels. They run in turn, a short
 * while each, again and again, so that each is compared with what ran just beside it: a machine
 * that becomes slower slows all of them.
 *
 * <pre>FileBench cached|direct|stream FILE RING ROUNDS SECONDS [ENGINE]</pre>
 *
 * RING is the program made of ring.c, or - without one.
 */
public final class FileBench {
    /** Until everything is compiled that will be. */
    private static final double WARM_UP_SECONDS = 4;

    private final String ring;
    private final int rounds;
    private final double seconds;
    private final String engine;

    private FileBench(String ring, int rounds, double seconds, String engine) {
        this.ring = ring;
        this.rounds = rounds;
        this.seconds = seconds;
        this.engine = engine;
    }

    public static void main(String[] words) throws Exception {
        Path file = Path.of(words[1]);
        String engine = words.length > 5 ? words[5] : "io_uring";
        FileBench bench =
                new FileBench(
                        words[2], Integer.parseInt(words[3]), Double.parseDouble(words[4]), engine);
        System.out.printf(
                "%-24s %10s %7s %7s  %-24s %10s %7s  %6s %13s %6s%n",
                "case",
                "ours/s",
                "cpu-ns",
                "heap-B",
                "peer",
                "peer/s",
                "cpu-ns",
                "ratio",
                "min..max",
                "cpu");
        for (Access each : cases(words[0], file)) {
            bench.compare(each);
        }
    }

    private static List<Access> cases(String suite, Path file) throws IOException {
        List<Access> cases = new ArrayList<>();
        long size = Files.size(file);
        if (suite.equals("stream")) {
            for (boolean writing : new boolean[] {false, true}) {
                cases.add(new Access(file, size >> 20, writing, 1 << 20, 8, false, true));
            }
            return cases;
        }
        for (int depth : new int[] {1, 32, 128}) {
            cases.add(
                    new Access(
                            file, size >> 12, false, 1 << 12, depth, true, suite.equals("direct")));
        }
        return cases;
    }

    private void compare(Access access) throws Exception {
        if (!access.direct()) {
            // Into the page cache, as far as something has pushed it out.
            Files.copy(access.file(), java.io.OutputStream.nullOutputStream());
        }
        List<String> names = new ArrayList<>();
        List<Side> sides = new ArrayList<>();
        Side ours =
                access.direct() ? new CallbackSide(engine, access) : new EngineSide(engine, access);
        if (!ring.equals("-")) {
            names.add("ring");
            sides.add(ProcessSides.ring(ring, access));
        }
        if (isInstalled("fio")) {
            names.add("fio");
            sides.add(ProcessSides.fio(access));
        }
        names.add("FileChannel");
        sides.add(ChannelSides.fileChannel(access));
        names.add("AsynchronousFileChannel");
        sides.add(ChannelSides.asynchronous(access));
        Side.Figure[] own = new Side.Figure[rounds];
        Side.Figure[][] other = new Side.Figure[sides.size()][rounds];
        ours.run(WARM_UP_SECONDS);
        for (Side each : sides) {
            each.run(seconds);
        }
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < sides.size(); i++) {
                other[i][round] = sides.get(i).run(seconds);
                if (i == 0) {
                    own[round] = ours.run(seconds);
                }
            }
        }
        for (int i = 0; i < sides.size(); i++) {
            print(access.title(), own, names.get(i), other[i]);
        }
        ours.close();
        for (Side each : sides) {
            each.close();
        }
    }

    private void print(String title, Side.Figure[] own, String peer, Side.Figure[] other) {
        double[] ratios = new double[rounds];
        double[] processor = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ratios[i] = own[i].perSecond() / other[i].perSecond();
            processor[i] = other[i].processorNanos() / own[i].processorNanos();
        }
        System.out.printf(
                "%-24s %10.0f %7.0f %7.2f  %-24s %10.0f %7.0f  %6.2f %6.2f..%5.2f %6.2f%n",
                title,
                median(Arrays.stream(own).mapToDouble(Side.Figure::perSecond).toArray()),
                median(Arrays.stream(own).mapToDouble(Side.Figure::processorNanos).toArray()),
                median(Arrays.stream(own).mapToDouble(Side.Figure::heapBytes).toArray()),
                peer,
                median(Arrays.stream(other).mapToDouble(Side.Figure::perSecond).toArray()),
                median(Arrays.stream(other).mapToDouble(Side.Figure::processorNanos).toArray()),
                median(ratios),
                Arrays.stream(ratios).min().orElseThrow(),
                Arrays.stream(ratios).max().orElseThrow(),
                median(processor));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
