package org.dmaengine.bench.descriptor;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Point;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Copies of 64 bytes, submitted on one core and done on another by one worker. */
public final class DescriptorSuite implements Suite {
    private static final String DMADEV = "DPDK dmadev, software driver";
    private static final String RING = "C, ring of pthreads";
    private static final String IN_LINE = "C, in line";

    // None: a thread that parks is not charged, but one may wake for housekeeping.
    private static final double IDLE_MICROS_MAX = 50;

    private static final long WAKE_UP_NANOS_MAX = 60_000;

    // None: what the harness allocates is spread over a million copies.
    private static final double ALLOCATED_BYTES_MAX = 0.01;

    /** Each hands a copy to another thread, as a Java program would today. */
    private static final List<QueueKind> JAVA =
            List.of(
                    QueueKind.EXECUTOR,
                    QueueKind.FUTURES,
                    QueueKind.VIRTUAL_THREADS,
                    QueueKind.ARRAY_BLOCKING_QUEUE,
                    QueueKind.LINKED_BLOCKING_QUEUE,
                    QueueKind.DISRUPTOR,
                    QueueKind.JCTOOLS);

    private static final List<QueueKind> TOLD =
            List.of(QueueKind.POLLED, QueueKind.CALLED_AT_ONCE, QueueKind.CALLED_BY_THREADS);

    @Override
    public String name() {
        return "descriptor";
    }

    @Override
    public String summary() {
        return "64-byte copies through a queue to another core, idle engine, allocation";
    }

    @Override
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (QueueKind ours : TOLD) {
            cases.addAll(ofHandOff(ours));
        }
        cases.add(inline());
        Stream.of(64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10)
                .map(this::ofSize)
                .forEach(cases::add);
        cases.add(idle());
        cases.add(wakeUp());
        for (QueueKind ours : TOLD) {
            cases.add(allocation(ours));
        }
        return cases;
    }

    private Case idle() {
        Entry entry = new Entry("ours", site -> new IdleEngine()).onBothCores();
        return Case.of(name(), "idle engine", "µs of processor time/s", Better.SMALLER, entry)
                .aimingAt(new Target.Figure(IDLE_MICROS_MAX));
    }

    private Case wakeUp() {
        Entry entry = WakeUp.of(QueueKind.POLLED);
        return Case.of(name(), "wake-up of a parked worker", "µs, P50", Better.SMALLER, entry)
                .beside(WakeUp.of(QueueKind.EXECUTOR), WakeUp.of(QueueKind.ARRAY_BLOCKING_QUEUE))
                .aimingAt(
                        new Target.Latency(50, WAKE_UP_NANOS_MAX),
                        new Target.Latency(99, WAKE_UP_NANOS_MAX));
    }

    private Case allocation(QueueKind ours) {
        String name = "allocation" + how(ours);
        return Case.of(name(), name, "bytes/copy", Better.SMALLER, Allocation.of(ours))
                .beside(
                        Allocation.of(QueueKind.EXECUTOR),
                        Allocation.of(QueueKind.FUTURES),
                        Allocation.of(QueueKind.VIRTUAL_THREADS))
                .aimingAt(new Target.Figure(ALLOCATED_BYTES_MAX));
    }

    private static String how(QueueKind ours) {
        return ours.title.substring("ours".length());
    }

    private List<Case> ofHandOff(QueueKind ours) {
        String how = how(ours);
        Target burstToDmadev = new Target.Ratio(DMADEV, 3);
        Target burstToExecutor = new Target.Ratio(QueueKind.EXECUTOR.title, 8);
        Target burstToVirtual = new Target.Ratio(QueueKind.VIRTUAL_THREADS.title, 8);
        return List.of(
                beside("pipelined, burst 32" + how, ours, Workload.pipelined(32))
                        .aimingAt(burstToDmadev, burstToExecutor, burstToVirtual),
                beside("pipelined, burst 1" + how, ours, Workload.pipelined(1))
                        .aimingAt(new Target.Ratio(DMADEV, 2)),
                beside("round trip, one in flight" + how, ours, Workload.inFlight(1))
                        .aimingAt(new Target.Ratio(DMADEV, 1 / 0.75)),
                beside("32 in flight" + how, ours, Workload.inFlight(32)));
    }

    private Case beside(String name, QueueKind ours, Workload workload) {
        return copies(name, ours, workload)
                .beside(dmadev(workload), ring(workload))
                .beside(
                        JAVA.stream()
                                .map(kind -> CopiesContestant.ofKind(kind, workload))
                                .toArray(Entry[]::new));
    }

    private Case inline() {
        Workload workload = Workload.pipelined(32);
        return copies("inline, burst 32", QueueKind.INLINE, workload)
                .beside(
                        CopiesContestant.ofSource(
                                IN_LINE, workload, site -> c(site, "inline", false)))
                .aimingAt(new Target.Ratio(IN_LINE, 1 / 2.5));
    }

    private Case ofSize(int bytes) {
        Workload workload = Workload.ofSize(bytes);
        return copies("size " + bytes + ", burst 32", QueueKind.POLLED, workload)
                .beside(dmadev(workload), ring(workload))
                .beside(
                        CopiesContestant.ofKind(QueueKind.EXECUTOR, workload),
                        CopiesContestant.ofKind(QueueKind.DISRUPTOR, workload))
                .at(new Point("a copy by its size, burst 32", "bytes", bytes));
    }

    private Case copies(String name, QueueKind ours, Workload workload) {
        Entry entry = CopiesContestant.ofKind(ours, workload);
        return Case.of(name(), name, "ns/copy", Better.SMALLER, entry);
    }

    private static Entry dmadev(Workload workload) {
        return CopiesContestant.ofSource(
                DMADEV,
                workload,
                site ->
                        PeerProcess.ofSource(
                                site,
                                "dmadev.c",
                                Integer.toString(site.cores().first()),
                                Integer.toString(site.cores().second())));
    }

    private static Entry ring(Workload workload) {
        return CopiesContestant.ofSource(RING, workload, site -> c(site, "ring", true));
    }

    private static PeerProcess c(Site site, String mode, boolean twoCores)
            throws Skip, IOException {
        String first = Integer.toString(site.cores().first());
        String second = Integer.toString(site.cores().second());
        return twoCores
                ? PeerProcess.ofSource(site, "descriptor.c", mode, first, second)
                : PeerProcess.ofSource(site, "descriptor.c", mode, first);
    }
}
