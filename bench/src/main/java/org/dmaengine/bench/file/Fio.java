package org.dmaengine.bench.file;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Cores;
import org.dmaengine.bench.Program;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** fio with its io_uring engine. It starts anew for each turn; its start does not count. */
final class Fio implements Contestant {
    private final Cores cores;
    private final Access access;
    private final Metric metric;
    private final List<String> command;

    Fio(Cores cores, Path file, Access access, Metric metric) throws Skip {
        Program.require("fio");
        this.cores = cores;
        this.access = access;
        this.metric = metric;
        this.command = command(file, access);
    }

    static List<String> command(Path file, Access access) {
        List<String> command = new ArrayList<>(List.of("fio", "--name=peer"));
        command.add("--filename=" + file);
        command.add(
                "--rw=" + (access.random() ? "rand" : "") + (access.writing() ? "write" : "read"));
        command.add("--bs=" + access.blockBytes());
        command.add("--iodepth=" + access.depth());
        command.add("--direct=" + (access.direct() ? 1 : 0));
        command.addAll(List.of("--ioengine=io_uring", "--registerfiles", "--fixedbufs"));
        command.add("--iomem_align=" + Access.HUGE_PAGE_BYTES);
        command.addAll(List.of("--norandommap", "--randrepeat=0", "--invalidate=0"));
        // It knows whole seconds only.
        command.addAll(List.of("--time_based", "--runtime=1", "--output-format=json"));
        return command;
    }

    @Override
    public Turn measure() throws IOException, InterruptedException {
        // A process stays where the thread is that starts it.
        if (access.direct()) {
            cores.freeSelf();
        }
        try {
            return Turn.of(figure(Program.run(command), metric));
        } finally {
            Cores.pinSelf(cores.first());
        }
    }

    /** What a report of fio says. */
    static double figure(String report, Metric metric) {
        double perSecond = largest("iops", report);
        if (perSecond == 0) {
            throw new IllegalArgumentException("fio has done nothing: " + report);
        }
        double percent = largest("usr_cpu", report) + largest("sys_cpu", report);
        return metric == Metric.SPEED ? perSecond : percent * 1e7 / perSecond;
    }

    /** Reports tell of reads, writes and trims; what was not done is 0. */
    private static double largest(String name, String report) {
        Matcher each = Pattern.compile("\"" + name + "\" : ([0-9.]+)").matcher(report);
        double largest = 0;
        while (each.find()) {
            largest = Math.max(largest, Double.parseDouble(each.group(1)));
        }
        return largest;
    }
}
