package org.dmaengine.bench.terminate;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.util.List;

/** A thread that waits in a bare ring is stopped by another one: stop.c of bench/peers. */
final class StoppedInC implements Contestant {
    private final PeerProcess process;

    /**
     * @param how {@code wake} or {@code cancel}
     */
    StoppedInC(Site site, String how) throws IOException, Skip {
        process = PeerProcess.ofSource(site, "stop.c", how);
    }

    @Override
    public Turn measure() throws IOException, Skip {
        List<Double> answer = process.measureAll(Double.toString(TimedEvents.TURN_NANOS / 1e9));
        Histogram nanos = new Histogram(3);
        answer.stream().skip(1).forEach(each -> nanos.recordValue(each.longValue()));
        return Turn.percentile(nanos, 50, 1e3);
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
