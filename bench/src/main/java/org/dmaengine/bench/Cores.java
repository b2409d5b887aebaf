package org.dmaengine.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The two cores that are measured on: the first is that of whoever submits, the second that of
 * whoever does the work. A thread inherits the cores of the one that starts it. So what is started
 * while contestants are opened stays on these two, and what is started during a turn stays on the
 * first.
 */
public final class Cores {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final String ONLINE = "/sys/devices/system/cpu/online";
    private static final String ALLOWED = "Cpus_allowed_list:";

    // Of 64 cores there are some 2,000 pairs, and a look at one takes a millisecond or two.
    private static final long SEARCH_NANOS = 3_000_000_000L;

    // The kernel keeps so many characters of a name (TASK_COMM_LEN less its end).
    private static final int COMM_CHARACTERS = 15;

    private final int first;
    private final int second;

    Cores(int first, int second) {
        this.first = first;
        this.second = second;
    }

    /**
     * The two given, or the two of this process that are nearest to each other and not halves of
     * one.
     *
     * @throws Skip if there are not two
     */
    static Cores choose(List<Integer> wanted) throws Skip, IOException {
        List<Integer> all = usable();
        if (!wanted.isEmpty()) {
            if (!areTwoOf(all, wanted)) {
                throw new Skip("cores " + wanted + " are not two of " + all);
            }
            return new Cores(wanted.get(0), wanted.get(1));
        }
        Map<Integer, List<Integer>> halves = new HashMap<>();
        for (int core : all) {
            halves.put(core, halves(core));
        }
        return nearest(pairs(halves), Cores::apartNanos, System::nanoTime)
                .orElseThrow(() -> new Skip("two cores are needed, and there are " + all));
    }

    static boolean areTwoOf(List<Integer> all, List<Integer> wanted) {
        return wanted.size() == 2 && Set.copyOf(wanted).size() == 2 && all.containsAll(wanted);
    }

    /** Of one core, itself among them; itself alone where the kernel does not tell. */
    private static List<Integer> halves(int core) throws IOException {
        String topology = "/sys/devices/system/cpu/cpu" + core + "/topology/";
        return CoreList.readIfThere(topology + "thread_siblings_list").orElse(List.of(core));
    }

    /** Whether they share what one core has: each is slower while the other works. */
    boolean areHalvesOfOne() throws IOException {
        return halves(first).contains(second);
    }

    /**
     * Every two that are not halves of one. Those with near numbers come first: they often share a
     * cache.
     *
     * @param halves of each core, itself among them
     */
    static List<Cores> pairs(Map<Integer, List<Integer>> halves) {
        List<Cores> pairs = new ArrayList<>();
        halves.forEach((first, same) -> {
            for (int second : halves.keySet()) {
                if (first < second && !same.contains(second)) {
                    pairs.add(new Cores(first, second));
                }
            }
        });
        pairs.sort(
                Comparator.<Cores>comparingInt(pair -> pair.second - pair.first)
                        .thenComparingInt(pair -> pair.first));
        return pairs;
    }

    /** Of those that are looked at before the time for it is over; one at least. */
    static Optional<Cores> nearest(
            List<Cores> pairs, ToDoubleFunction<Cores> apart, LongSupplier nanoTime) {
        long begun = nanoTime.getAsLong();
        Optional<Cores> nearest = Optional.empty();
        double least = Double.POSITIVE_INFINITY;
        for (Cores each : pairs) {
            double nanos = apart.applyAsDouble(each);
            if (nanos < least) {
                least = nanos;
                nearest = Optional.of(each);
            }
            if (nanoTime.getAsLong() - begun > SEARCH_NANOS) {
                break;
            }
        }
        return nearest;
    }

    private double apartNanos() {
        try (PingPong pingPong = new PingPong(this)) {
            return pingPong.nanos();
        }
    }

    /** Those that are there: what is allowed may be switched off. */
    static List<Integer> usable() throws IOException {
        List<Integer> allowed = allowed();
        return usable(allowed, CoreList.readIfThere(ONLINE).orElse(allowed));
    }

    static List<Integer> usable(List<Integer> allowed, List<Integer> online) {
        return allowed.stream().filter(online::contains).toList();
    }

    /** The cores that the calling thread may use. */
    static List<Integer> allowed() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/status"))) {
            return lines.filter(line -> line.startsWith(ALLOWED))
                    .map(line -> CoreList.parse(line.substring(ALLOWED.length())))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The core of the thread that measures. */
    public int first() {
        return first;
    }

    /** The core of the thread that works for it. */
    public int second() {
        return second;
    }

    /** The calling thread runs on this core only. */
    public static void pinSelf(int core) {
        NativeCalls.pin(0, core);
    }

    /** The calling thread runs on either of the two. */
    public void freeSelf() {
        NativeCalls.pin(0, first, second);
    }

    /**
     * Pins threads of this process, such as those that an engine or the JDK has started.
     *
     * @param name how their names begin, as the kernel knows them: 15 characters at most
     * @throws IllegalStateException if there is none: it would have gone unnoticed on a wrong core
     */
    public static void pinThreads(String name, int core) {
        List<Integer> threads = threads(name);
        if (threads.isEmpty()) {
            throw new IllegalStateException("there is no thread '" + name + "…' to pin");
        }
        threads.forEach(thread -> NativeCalls.pin(thread, core));
    }

    private static List<Integer> threads(String name) {
        String begin = name.substring(0, Math.min(name.length(), COMM_CHARACTERS));
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (comm(task).startsWith(begin)) {
                    found.add(Integer.parseInt(task.getFileName().toString()));
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return found;
    }

    private static String comm(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (NoSuchFileException ended) {
            return "";
        }
    }

    @Override
    public String toString() {
        return first + " and " + second;
    }
}
