package org.dmaengine.bench.echo;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Entry;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A server in a process of its own, asked for half a second in each turn. */
final class EchoContestant implements Contestant {
    private static final double TURN_SECONDS = 0.5;
    // The first turn is for warming up: connections are made, and most is compiled.
    private static final double FIRST_SECONDS = 2;

    private final PeerProcess process;
    private double seconds = FIRST_SECONDS;

    private EchoContestant(PeerProcess process) {
        this.process = process;
    }

    static Entry of(EchoKind kind, int messageBytes, int connections) {
        return new Entry(kind.title, site -> open(site, kind, messageBytes, connections));
    }

    private static EchoContestant open(Site site, EchoKind kind, int messageBytes, int connections)
            throws Skip, IOException {
        return new EchoContestant(
                PeerProcess.ofClass(
                        site,
                        EchoMain.class,
                        kind.name(),
                        PeerProcess.program(site, "echo-load.c").toString(),
                        Integer.toString(site.cores().first()),
                        Integer.toString(site.cores().second()),
                        Integer.toString(messageBytes),
                        Integer.toString(connections)));
    }

    /** In thousands a second. */
    @Override
    public Turn measure() throws Skip, IOException {
        List<Double> answer = process.measureAll(Double.toString(seconds));
        seconds = TURN_SECONDS;
        Histogram nanos = new Histogram(3);
        answer.stream().skip(1).forEach(each -> nanos.recordValue(each.longValue()));
        return new Turn(answer.getFirst() / 1e3, Optional.of(nanos));
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
