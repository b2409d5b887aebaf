package org.dmaengine.bench.file;

import org.dmaengine.bench.Case;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Cores;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Point;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Cases of transfers from or to one file, which all of them share. */
final class AccessCases {
    private static final long FILE_BYTES = 1 << 30;

    /** What is not the transfers' own: the first of each turn, and the counting. */
    private static final double HEAP_BYTES_MAX = 0.5;

    private final String suite;

    AccessCases(String suite) {
        this.suite = suite;
    }

    /** Beside everybody. */
    Case of(Access access, Metric metric) {
        List<Entry> peers = new ArrayList<>();
        peers.add(entry(access, "bare ring in C", (s, f) -> new BareRing(s, f, access, metric)));
        peers.add(entry(access, "fio", (s, f) -> new Fio(s.cores(), f, access, metric)));
        peers.add(entry(access, fileChannel(access), (s, f) -> new OneCall(f, access, metric)));
        peers.add(
                entry(
                        access,
                        "AsynchronousFileChannel",
                        (s, f) -> new PooledCalls(f, access, metric)));
        Case subject = ours(access, metric).beside(peers.toArray(Entry[]::new));
        return access.random()
                ? subject.at(
                        new Point(
                                subject.name().replaceFirst(", depth \\d+", ""),
                                "depth",
                                access.depth()))
                : subject;
    }

    /** Where a disk is waited for, as many at once is what the others gain by. */
    private static String fileChannel(Access access) {
        return access.direct() && access.depth() > 1
                ? "FileChannel, one call at a time"
                : "FileChannel";
    }

    /** What each transfer leaves for the garbage collector. */
    Case heap(Access access) {
        return ours(access, Metric.HEAP).aimingAt(new Target.Figure(HEAP_BYTES_MAX));
    }

    private Case ours(Access access, Metric metric) {
        String name = access.title() + (metric == Metric.SPEED ? "" : ", " + metric.title);
        Entry entry = entry(access, "engine io_uring", (s, f) -> engine(s, f, access, metric));
        return Case.of(suite, name, metric.unit, metric.better, entry).withKernelWork();
    }

    private static Contestant engine(Site site, Path file, Access access, Metric metric)
            throws IOException, Skip {
        if (access.direct()) {
            return new CallbackEngine(file, access, metric);
        }
        PolledEngine engine = new PolledEngine(file, access, metric);
        // All on one core: what would otherwise be compared is how many each one takes.
        Cores.pinThreads("dma-uring-worker-", site.cores().first());
        return engine;
    }

    @FunctionalInterface
    private interface Opening {
        Contestant open(Site site, Path file) throws IOException, Skip;
    }

    private static Entry entry(Access access, String name, Opening opening) {
        return new Entry(
                name,
                site -> {
                    if (access.direct()) {
                        Disk.require(site.work());
                    }
                    return opening.open(site, file(site));
                });
    }

    private static Path file(Site site) throws IOException, Skip {
        Path file = site.work().resolve("file");
        if (!Files.exists(file)) {
            TestFile.make(file, FILE_BYTES);
        }
        // For direct access it makes no difference.
        TestFile.warm(file);
        return file;
    }
}
