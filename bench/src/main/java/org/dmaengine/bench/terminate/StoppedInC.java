package org.dmaengine.bench.terminate;

import org.HdrHistogram.Histogram;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.FreeMemory;
import org.dmaengine.bench.PeerProcess;
import org.dmaengine.bench.Site;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.util.List;

/**
 * What one thread does is stopped by another one, without any contract: a wait in a bare ring,
 * stop.c of bench/peers, or a copy in pieces, stop-copy.c.
 */
final class StoppedInC implements Contestant {
    private final PeerProcess process;

    private StoppedInC(PeerProcess process) {
        this.process = process;
    }

    /**
     * @param how {@code wake} or {@code cancel}
     */
    static StoppedInC ofWait(Site site, String how) throws IOException, Skip {
        return new StoppedInC(PeerProcess.ofSource(site, "stop.c", how));
    }

    /**
     * @param workers of which one is stopped, and the others copy small blocks
     * @param runningMicros how long the copy runs before it is stopped
     * @throws Skip if it cannot be built, or there is too little memory
     */
    static StoppedInC ofCopy(Site site, int workers, long runningMicros) throws IOException, Skip {
        FreeMemory.require(2 * RunningCopy.COPY_BYTES);
        return new StoppedInC(
                PeerProcess.ofSource(
                        site,
                        "stop-copy.c",
                        Integer.toString(workers),
                        Long.toString(runningMicros),
                        Integer.toString(site.cores().first()),
                        Integer.toString(site.cores().second())));
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
