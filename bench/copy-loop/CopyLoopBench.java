package org.dmaengine.engine.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.dmaengine.DmaArena;
import org.dmaengine.spi.Scheduler;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Compares {@link CopyLoop} with memcpy and memset called from C, on the same memory in the same
 * process. The variants take turns, and a ratio is the median of the ratios within each turn, so
 * that a machine whose speed drifts does not favour one of them.
 */
// "restricted": this program exists to call C; its script grants native access on the command line.
@SuppressWarnings("restricted")
final class CopyLoopBench {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long UNTOUCHED_BYTES = 256 * MIB;
    private static final long SEED = 1;

    // Processor time of this thread, as in reference.c: what other programs took does not count.
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    private final boolean quick;
    private final boolean candidates;
    private final int rounds;
    // Cold blocks are taken from all over the pool, which is much larger than any cache.
    private final long poolBytes;
    private final MemorySegment source;
    private final MemorySegment target;
    private final MemorySegment offsets;
    private final MethodHandle referenceCopy;
    private final MethodHandle referenceFill;
    private final MethodHandle memcpy;
    private final Pace pace = new Pace(Scheduler.system());

    /** Moves {@code blocks} blocks of {@code bytes} at {@link #offsets}; answers nanoseconds. */
    private interface Variant {
        long move(long bytes, long blocks) throws Throwable;
    }

    private record Column(String name, Variant variant) {}

    private CopyLoopBench(Path library, boolean quick, boolean candidates) {
        this.quick = quick;
        this.candidates = candidates;
        rounds = quick ? 5 : candidates ? 7 : 15;
        poolBytes = quick ? 512 * MIB : 1024 * MIB;
        DmaArena arena = DmaArena.open();
        source = arena.allocate(poolBytes, 4096).fill((byte) 1);
        target = arena.allocate(poolBytes, 4096).fill((byte) 2);
        offsets = Arena.global().allocate(JAVA_LONG, 1024 * MIB / (64 * KIB));
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
        FunctionDescriptor five =
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        referenceCopy = linker.downcallHandle(symbols.findOrThrow("reference_copy"), five);
        referenceFill = linker.downcallHandle(symbols.findOrThrow("reference_fill"), five);
        memcpy =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("memcpy"),
                        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    }

    public static void main(String[] arguments) throws Throwable {
        List<String> options = Arrays.asList(arguments).subList(1, arguments.length);
        for (String option : options) {
            if (!option.equals("--quick") && !option.equals("--candidates")) {
                System.err.println("copy-loop: unknown option " + option);
                System.exit(2);
            }
        }
        boolean quick = options.contains("--quick");
        boolean candidates = options.contains("--candidates");
        new CopyLoopBench(Path.of(arguments[0]), quick, candidates).run();
    }

    private void run() throws Throwable {
        System.out.printf(
                "%s %s, median of %d turns; ratio above 1: faster than C%n",
                System.getProperty("java.vm.name"), System.getProperty("java.vm.version"), rounds);
        if (candidates) {
            compare("copy, ratios to memcpy from C", candidateColumns());
            return;
        }
        compare(
                "copy, against memcpy from C",
                List.of(
                        new Column("C", (bytes, blocks) -> reference(referenceCopy, bytes, blocks)),
                        new Column("ours", this::copyLoop)));
        compare(
                "fill, against memset from C",
                List.of(
                        new Column("C", (bytes, blocks) -> reference(referenceFill, bytes, blocks)),
                        new Column("ours", this::fillLoop)));
        chunkTimes();
        arenaCloses();
    }

    private List<Column> candidateColumns() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column("C", (bytes, blocks) -> reference(referenceCopy, bytes, blocks)));
        for (long chunk : new long[] {64, 384, 1024, 3072, 4096}) {
            Variant pieces = (bytes, blocks) -> pieces(bytes, blocks, chunk * KIB);
            columns.add(new Column("copy " + chunk + "K", pieces));
        }
        columns.add(new Column("copy whole", (bytes, blocks) -> pieces(bytes, blocks, bytes)));
        for (long chunk : new long[] {128, 384, 768, 1024, 3072}) {
            Variant pieces = (bytes, blocks) -> memcpyPieces(bytes, blocks, chunk * KIB);
            columns.add(new Column("memcpy " + chunk + "K", pieces));
        }
        return columns;
    }

    // The variants ---------------------------------------------------------------------------

    private long reference(MethodHandle function, long bytes, long blocks) throws Throwable {
        return (long)
                function.invokeExact(
                        target.address(), source.address(), bytes, offsets.address(), blocks);
    }

    private long copyLoop(long bytes, long blocks) {
        long start = CLOCK.getCurrentThreadCpuTime();
        for (long block = 0; block < blocks; block++) {
            copyBlock(offsets.getAtIndex(JAVA_LONG, block), bytes);
        }
        return CLOCK.getCurrentThreadCpuTime() - start;
    }

    private void copyBlock(long offset, long bytes) {
        long done = 0;
        while (done < bytes) {
            long chunk = pace.begin(bytes, done);
            CopyLoop.copy(source, offset + done, target, offset + done, chunk);
            done += chunk;
            pace.end(bytes, done);
        }
    }

    private long fillLoop(long bytes, long blocks) {
        long start = CLOCK.getCurrentThreadCpuTime();
        for (long block = 0; block < blocks; block++) {
            fillBlock(offsets.getAtIndex(JAVA_LONG, block), bytes);
        }
        return CLOCK.getCurrentThreadCpuTime() - start;
    }

    private void fillBlock(long offset, long bytes) {
        long done = 0;
        while (done < bytes) {
            long chunk = pace.begin(bytes, done);
            CopyLoop.fill(target, offset + done, chunk, (byte) 7);
            done += chunk;
            pace.end(bytes, done);
        }
    }

    private long pieces(long bytes, long blocks, long chunk) {
        long start = CLOCK.getCurrentThreadCpuTime();
        for (long block = 0; block < blocks; block++) {
            long offset = offsets.getAtIndex(JAVA_LONG, block);
            for (long done = 0; done < bytes; done += chunk) {
                long length = Math.min(chunk, bytes - done);
                MemorySegment.copy(source, offset + done, target, offset + done, length);
            }
        }
        return CLOCK.getCurrentThreadCpuTime() - start;
    }

    private long memcpyPieces(long bytes, long blocks, long chunk) throws Throwable {
        long start = CLOCK.getCurrentThreadCpuTime();
        for (long block = 0; block < blocks; block++) {
            long offset = offsets.getAtIndex(JAVA_LONG, block);
            for (long done = 0; done < bytes; done += chunk) {
                long to = target.address() + offset + done;
                long from = source.address() + offset + done;
                long ignored = (long) memcpy.invokeExact(to, from, Math.min(chunk, bytes - done));
            }
        }
        return CLOCK.getCurrentThreadCpuTime() - start;
    }

    // The comparison -------------------------------------------------------------------------

    private void compare(String title, List<Column> columns) throws Throwable {
        System.out.printf("%n%s%n| block | C GB/s |", title);
        for (Column column : columns.subList(1, columns.size())) {
            System.out.printf(candidates ? " %s |" : " %s GB/s | ratio | range |", column.name());
        }
        System.out.println();
        choose(64 * KIB, 1, false);
        for (int warmUp = 0; warmUp < 10; warmUp++) {
            turn(columns, warmUp, 64 * KIB, 4096);
        }
        for (boolean cold : new boolean[] {false, true}) {
            for (long bytes : sizes()) {
                // Half a pool is never in cache: the row would say the same twice.
                if (!cold || bytes <= poolBytes / 4) {
                    compare(columns, bytes, cold);
                }
            }
        }
    }

    private long[] sizes() {
        return quick
                ? new long[] {64 * KIB, MIB, 4 * MIB, 16 * MIB, 64 * MIB, 512 * MIB}
                : new long[] {
                    64 * KIB,
                    256 * KIB,
                    MIB,
                    2 * MIB,
                    4 * MIB,
                    8 * MIB,
                    16 * MIB,
                    32 * MIB,
                    64 * MIB,
                    256 * MIB,
                    1024 * MIB
                };
    }

    private void compare(List<Column> columns, long bytes, boolean cold) throws Throwable {
        long moved = cold || bytes > 16 * MIB ? poolBytes / 2 : poolBytes;
        long blocks = Math.max(1, moved / bytes);
        choose(bytes, blocks, cold);
        double[][] speeds = new double[columns.size()][rounds];
        turn(columns, 0, bytes, blocks);
        for (int round = 0; round < rounds; round++) {
            double[] turn = turn(columns, round, bytes, blocks);
            for (int column = 0; column < turn.length; column++) {
                speeds[column][round] = turn[column];
            }
        }
        print(bytes, cold, speeds);
    }

    /** Hot: the same block again and again. Cold: the blocks of the pool in random order. */
    private void choose(long bytes, long blocks, boolean cold) {
        List<Long> slots = new ArrayList<>();
        for (long offset = 0; offset + bytes <= poolBytes; offset += bytes) {
            slots.add(offset);
        }
        Collections.shuffle(slots, new Random(SEED));
        for (int block = 0; block < blocks; block++) {
            offsets.setAtIndex(JAVA_LONG, block, cold ? slots.get(block % slots.size()) : 0);
        }
    }

    /** Runs each variant once, beginning with another one each time; GB/s by column. */
    private static double[] turn(List<Column> columns, int round, long bytes, long blocks)
            throws Throwable {
        double[] speeds = new double[columns.size()];
        for (int step = 0; step < speeds.length; step++) {
            int column = (step + round) % speeds.length;
            long nanos = columns.get(column).variant().move(bytes, blocks);
            speeds[column] = (double) bytes * blocks / nanos;
        }
        return speeds;
    }

    private void print(long bytes, boolean cold, double[][] speeds) {
        String size = bytes < MIB ? bytes / KIB + " KiB" : bytes / MIB + " MiB";
        String state = bytes > poolBytes / 4 ? "" : cold ? ", cold" : ", hot";
        System.out.printf("| %s%s | %.1f |", size, state, median(speeds[0]));
        for (int column = 1; column < speeds.length; column++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = speeds[column][round] / speeds[0][round];
            }
            double ratio = median(ratios); // sorts
            if (candidates) {
                System.out.printf(" %.2f |", ratio);
            } else {
                System.out.printf(
                        " %.1f | %.2f | %.2f to %.2f |",
                        median(speeds[column]), ratio, ratios[0], ratios[rounds - 1]);
            }
        }
        System.out.println();
    }

    /** Sorts the values. */
    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    // How long terminate and others wait -----------------------------------------------------

    private void chunkTimes() throws Throwable {
        System.out.printf("%nlength of one chunk, µs%n| case | median | P99 | longest |%n");
        long whole = UNTOUCHED_BYTES;
        chunkTimes("transfers of 16 MiB, cold", target, 16 * MIB);
        chunkTimes("transfer of 256 MiB, cold", target, whole);
        chunkTimes("transfers of 16 MiB, target never touched before", untouched(), 16 * MIB);
        chunkTimes("transfer of 256 MiB, target never touched before", untouched(), whole);
    }

    /** Memory whose pages the kernel has yet to give; Arena.allocate would fill it with zeros. */
    private static MemorySegment untouched() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle malloc =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("malloc"),
                        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
        // Never freed: the program is about to end.
        long address = (long) malloc.invokeExact(UNTOUCHED_BYTES);
        if (address == 0) {
            throw new OutOfMemoryError("malloc of " + UNTOUCHED_BYTES + " bytes");
        }
        return MemorySegment.ofAddress(address).reinterpret(UNTOUCHED_BYTES);
    }

    private void chunkTimes(String title, MemorySegment into, long bytes) {
        List<Double> micros = new ArrayList<>();
        for (long offset = 0; offset + bytes <= UNTOUCHED_BYTES; offset += bytes) {
            for (long done = 0; done < bytes; ) {
                long chunk = pace.begin(bytes, done);
                long start = System.nanoTime();
                CopyLoop.copy(source, offset + done, into, offset + done, chunk);
                micros.add((System.nanoTime() - start) / 1e3);
                done += chunk;
                pace.end(bytes, done);
            }
        }
        printTimes(title, micros.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Closes of small shared arenas while another thread copies the whole pool. */
    private void arenaCloses() throws InterruptedException {
        System.out.printf("%nclose of an unrelated shared arena, µs%n");
        System.out.println("| meanwhile | median | P99 | longest |");
        arenaCloses("nothing", Thread::onSpinWait);
        arenaCloses("CopyLoop copies " + poolBytes / MIB + " MiB", () -> copyBlock(0, poolBytes));
        arenaCloses("CopyLoop copies 16 MiB", () -> copyBlock(0, 16 * MIB));
        arenaCloses(
                "one MemorySegment.copy of " + poolBytes / MIB + " MiB",
                () -> MemorySegment.copy(source, 0, target, 0, poolBytes));
    }

    private void arenaCloses(String title, Runnable meanwhile) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        Runnable repeat =
                () -> {
                    while (!stop.getAcquire()) {
                        meanwhile.run();
                    }
                };
        Thread copier = new Thread(repeat, "copier");
        copier.start();
        double[] micros = new double[quick ? 50 : 200];
        for (int index = 0; index < micros.length; index++) {
            Arena arena = Arena.ofShared();
            arena.allocate(64);
            long start = System.nanoTime();
            arena.close();
            micros[index] = (System.nanoTime() - start) / 1e3;
            Thread.sleep(1);
        }
        stop.setRelease(true);
        copier.join();
        printTimes(title, micros);
    }

    private static void printTimes(String title, double[] micros) {
        double median = median(micros); // sorts
        System.out.printf(
                "| %s | %.0f | %.0f | %.0f |%n",
                title, median, micros[(int) (micros.length * 0.99)], micros[micros.length - 1]);
    }
}
