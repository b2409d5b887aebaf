package org.dmaengine.bench.descriptor;

import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;

/** A process that copies; does so many copies in a turn that each takes about as long. */
final class CopiesContestant implements Contestant {
    private static final double TURN_NANOS = 100_000_000;
    // The first turn of Java is for warming up: after it most is compiled.
    private static final long FIRST_NANOS = 2_500_000_000L;
    private static final long FIRST_COPIES = 20_000;
    private static final long COPIES_MIN = 1024;

    private final PeerProcess process;
    private final Workload workload;
    private long copies = FIRST_COPIES;
    // Of C nothing is compiled any more.
    private boolean isCold;

    private CopiesContestant(PeerProcess process, Workload workload, boolean isJava) {
        this.process = process;
        this.workload = workload;
        this.isCold = isJava;
    }

    static Entry ofKind(QueueKind kind, Workload workload) {
        return new Entry(
                kind.title,
                site ->
                        new CopiesContestant(
                                PeerProcess.ofClass(
                                        site,
                                        CopiesMain.class,
                                        kind.name(),
                                        Integer.toString(site.cores().first()),
                                        Integer.toString(site.cores().second())),
                                workload,
                                true));
    }

    static Entry ofSource(String title, Workload workload, SourcePeer peer) {
        return new Entry(title, site -> new CopiesContestant(peer.start(site), workload, false));
    }

    /** Starts a program made of a source. */
    @FunctionalInterface
    interface SourcePeer {
        PeerProcess start(Site site) throws Skip, IOException;
    }

    @Override
    public Turn measure() throws Skip, IOException {
        if (isCold) {
            warmUp();
        }
        return turn();
    }

    private void warmUp() throws Skip, IOException {
        long end = System.nanoTime() + FIRST_NANOS;
        while (System.nanoTime() < end) {
            turn();
        }
        isCold = false;
    }

    private Turn turn() throws Skip, IOException {
        double nanos = process.measure(workload.line(copies));
        long bursts = (long) (TURN_NANOS / nanos / workload.burst());
        copies = Math.max(COPIES_MIN, bursts * workload.burst());
        return Turn.of(nanos);
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
