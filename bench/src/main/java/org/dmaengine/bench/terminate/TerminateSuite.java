package org.dmaengine.bench.terminate;

import org.dmaengine.bench.Better;
import org.dmaengine.bench.Case;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.Suite;
import org.dmaengine.bench.Target;

import java.util.List;

/** Time to quiescence, beside what stock Java offers: to wait for the end, or to close. */
public final class TerminateSuite implements Suite {
    private static final Target P99 = new Target.Latency(99, 300_000);
    private static final Target LONGEST = new Target.Latency(100, 2_000_000);
    private static final Target WAITING_P99 = new Target.Latency(99, 100_000);
    private static final int QUEUED = 1000;
    private static final int OTHERS = 1000;

    /**
     * So long the thread that terminates looks on beside so many others before it sees its copy
     * run, about: it makes a difference to the scheduler how much it has had of the processor.
     */
    private static final long BUSY_RUNNING_MICROS = 8000;

    @Override
    public String name() {
        return "terminate";
    }

    @Override
    public String summary() {
        return "time until a buffer is free: running copies, queued ones, waiting reads";
    }

    @Override
    public List<Case> cases() {
        return List.of(
                running("running copy of 1 GiB", 2, 0),
                running("running copy of 1 GiB, 1 other busy channel", 2, 1),
                running("running copy of 1 GiB, 1,000 other busy channels", 2, OTHERS),
                // With the thread that terminates as many as there are cores.
                running("running copy of 1 GiB, 1,000 other busy channels, one worker", 1, OTHERS),
                queued("terminateAsync, 1,000 submitted", false, 0),
                queued("terminateAsync, 1,000 issued", true, 0),
                // In others they stay submitted: issued, they would be done before the next turn.
                queued(
                        "terminateAsync, 1,000 submitted, as in each of 1,000 other channels",
                        false,
                        OTHERS),
                pipe("cpu"),
                pipe("io_uring")
                        .beside(
                                entry("cancel in C", site -> StoppedInC.ofWait(site, "cancel")),
                                entry("wake-up in C", site -> StoppedInC.ofWait(site, "wake")))
                        .aimingAt(WAITING_P99));
    }

    /** What has no other work to do beside its copy, where ours has, is said to be alone. */
    private Case running(String name, int workers, int others) {
        long runningMicros = others < OTHERS ? 0 : BUSY_RUNNING_MICROS;
        String waited = "MemorySegment.copy, waited for" + (others == 0 ? "" : ", alone");
        String flag = "a flag in C" + (others == 0 || workers > 1 ? "" : ", alone");
        return micros(name, entry("terminateSync", site -> RunningCopy.open(workers, others)))
                .beside(
                        entry(waited, site -> WaitedCopy.open()),
                        entry(flag, site -> StoppedInC.ofCopy(site, workers, runningMicros)))
                .aimingAt(P99, LONGEST);
    }

    private Case queued(String name, boolean issued, int others) {
        Entry ours = entry("terminateAsync", site -> QueuedCopies.open(QUEUED, issued, others));
        return Case.of(name(), name, "ns, P50", Better.SMALLER, ours)
                .beside(entry("Future.cancel of each", site -> new CancelledTasks(QUEUED)))
                .aimingAt(new Target.Figure(1000));
    }

    private Case pipe(String engine) {
        Entry ours = entry("terminateSync", site -> WaitingRead.open(engine));
        return micros("waiting read of a pipe, engine " + engine, ours)
                .beside(entry("Pipe closed, its reader joined", site -> new ClosedPipe()));
    }

    private Case micros(String name, Entry ours) {
        return Case.of(name(), name, "µs, P50", Better.SMALLER, ours);
    }

    /** All of them start threads when they need them. */
    private static Entry entry(String name, Entry.Opening opening) {
        return new Entry(name, opening).onBothCores();
    }
}
