package org.dmaengine.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who has used the two cores since the system was started, in hundredths of a second (proc(5)).
 * What is measured runs nowhere else; what the compilers of this JVM use elsewhere counts as ours
 * too, and so what others use is never thought more than it is.
 *
 * @param userTicks programs of anybody, ours included
 * @param systemTicks the kernel for anybody and for itself
 * @param stolenTicks the hypervisor for other machines
 * @param ownUserTicks our programs: this process and all that it has started
 * @param ownSystemTicks the kernel for them
 */
record ProcessorTimes(
        long userTicks,
        long systemTicks,
        long stolenTicks,
        long ownUserTicks,
        long ownSystemTicks) {

    static final long TICK_NANOS = 10_000_000;

    static ProcessorTimes read(Cores cores) throws IOException {
        String all = Files.readString(Path.of("/proc/stat"));
        List<ProcessHandle> own =
                Stream.concat(
                                Stream.of(ProcessHandle.current()),
                                ProcessHandle.current().descendants())
                        .toList();
        long user = 0;
        long system = 0;
        for (ProcessHandle each : own) {
            long[] times = ofProcess(Path.of("/proc", Long.toString(each.pid()), "stat"));
            user += times[0];
            system += times[1];
        }
        return parse(all, cores, user, system);
    }

    /** Lines {@code cpuN user nice system idle iowait irq softirq steal guest guest_nice}. */
    static ProcessorTimes parse(String text, Cores cores, long ownUserTicks, long ownSystemTicks) {
        long user = 0;
        long system = 0;
        long stolen = 0;
        Set<String> names = new HashSet<>(List.of("cpu" + cores.first(), "cpu" + cores.second()));
        for (String line : text.split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (names.contains(fields[0])) {
                long[] ticks = Stream.of(fields).skip(1).mapToLong(Long::parseLong).toArray();
                user += ticks[0] + ticks[1];
                system += ticks[2] + ticks[5] + ticks[6];
                stolen += ticks[7];
            }
        }
        return new ProcessorTimes(user, system, stolen, ownUserTicks, ownSystemTicks);
    }

    /** User and system, with those of children that have ended; zero if it has ended itself. */
    private static long[] ofProcess(Path stat) throws IOException {
        try {
            return ofProcess(Files.readString(stat));
        } catch (NoSuchFileException ended) {
            return new long[2];
        }
    }

    /** Fields 14 to 17; the name before them may hold anything, so it is left out first. */
    static long[] ofProcess(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new long[] {
            Long.parseLong(fields[11]) + Long.parseLong(fields[13]),
            Long.parseLong(fields[12]) + Long.parseLong(fields[14])
        };
    }

    /** What others have taken since {@code before}, in nanoseconds; not below zero. */
    long othersNanos(ProcessorTimes before, boolean withKernel) {
        long user = userTicks - before.userTicks - (ownUserTicks - before.ownUserTicks);
        long system = systemTicks - before.systemTicks - (ownSystemTicks - before.ownSystemTicks);
        return Math.max(0, withKernel ? user + system : user) * TICK_NANOS;
    }

    /** What the hypervisor has taken since {@code before}, in nanoseconds. */
    long stolenNanos(ProcessorTimes before) {
        return (stolenTicks - before.stolenTicks) * TICK_NANOS;
    }
}
