package org.dmaengine.engine.sim;

import org.dmaengine.Outcome;
import org.dmaengine.spi.IssuedCopies;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Small copies that the controller has taken together. Those that are whole wait until all are
 * over, and are reported together; what else becomes of one is reported by itself, at once.
 *
 * <p>Guarded by the controller.
 */
final class SimRun {
    private final List<SimJob> jobs = new ArrayList<>();
    private final Set<SimJob> over = new HashSet<>();

    SimRun(SimChannel channel, IssuedCopies copies) {
        for (int i = 0; i < copies.count(); i++) {
            SimCopy copy = new SimCopy(copies, i);
            jobs.add(new SimJob(channel, copy, channel.nextFault(), this));
        }
    }

    List<SimJob> jobs() {
        return List.copyOf(jobs);
    }

    /** Whether the end of one of them is told together with that of others. */
    static boolean waits(SimJob job) {
        return job.fault == null
                && job.error == null
                && job.outcome == Outcome.COMPLETE
                && job.bytes == job.lengthBytes;
    }

    /** One of them is over, and told unless it waits; true, once, for the last. */
    boolean isLast(SimJob job) {
        return over.add(job) && over.size() == jobs.size();
    }

    /** Those at its beginning that are whole. */
    List<SimJob> whole() {
        int count = 0;
        while (count < jobs.size() && waits(jobs.get(count))) {
            count++;
        }
        return jobs.subList(0, count);
    }

    /** Those behind them that wait. */
    List<SimJob> rest() {
        return jobs.stream().skip(whole().size()).filter(SimRun::waits).toList();
    }
}
