package org.dmaengine.engine.sim;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What a channel has to tell the core: ends, periods, and that its engine is lost. The controller's
 * thread tells them one after the other, without its monitor, and with the false ends that faults
 * ask for; what ends inside an abort is told by the thread that aborts.
 */
final class SimReports {
    private final SimController controller;
    private final ChannelQueue queue;

    // Guarded by the controller.
    private final Deque<Runnable> reports = new ArrayDeque<>();
    // The controller's thread is telling the core something of this channel.
    private boolean reporting;
    private long lastTicketReported;

    SimReports(SimController controller, ChannelQueue queue) {
        this.controller = controller;
        this.queue = queue;
    }

    // ---- Holding the monitor

    void addEnd(SimJob job) {
        reports.add(() -> report(job));
    }

    void addPeriod(SimJob job) {
        reports.add(job.transfer::periodElapsed);
    }

    void addLost(String reason) {
        reports.add(() -> tellLost(reason, null));
    }

    boolean hasNext() {
        return !reports.isEmpty();
    }

    /** Nothing is to be told, and nothing is being told. */
    boolean isIdle() {
        return reports.isEmpty() && !reporting;
    }

    /** The next thing to tell the core, without the monitor. */
    Runnable next() {
        Runnable next = reports.remove();
        reporting = true;
        return () -> {
            next.run();
            synchronized (controller) {
                reporting = false;
            }
        };
    }

    // ---- Without the monitor

    void tellLost(String reason, @Nullable Throwable cause) {
        queue.lost(reason, cause);
    }

    /** An end, with the false ones that its fault asks for. */
    void report(SimJob job) {
        switch (job.fault) {
            case SimFault.SpuriousCompletion _ -> {
                tellFault(job);
                report(Long.MAX_VALUE, Outcome.COMPLETE, 0, null);
            }
            case SimFault.OldCompletion _ -> {
                long old = lastTicketReported();
                if (old > 0) {
                    tellFault(job);
                    report(old, Outcome.COMPLETE, 0, null);
                }
            }
            case null, default -> {}
        }
        reportEnd(job);
        if (job.fault instanceof SimFault.DuplicateCompletion(long nanos)) {
            tellFault(job);
            if (nanos == 0) {
                reportEnd(job);
            } else {
                synchronized (controller) {
                    controller.after(nanos, () -> controller.addStray(() -> reportEnd(job)));
                }
            }
        }
    }

    private long lastTicketReported() {
        synchronized (controller) {
            return lastTicketReported;
        }
    }

    private void tellFault(SimJob job) {
        synchronized (controller) {
            job.tellFault();
        }
    }

    /** Its end, by itself or with those of its run. */
    private void reportEnd(SimJob job) {
        SimRun run = job.run;
        if (run == null || !SimRun.waits(job)) {
            reportAlone(job);
        }
        if (run != null) {
            reportIfLast(run, job);
        }
    }

    private void reportAlone(SimJob job) {
        report(job.ticket, job.outcome, job.bytes, job.error);
    }

    private void reportIfLast(SimRun run, SimJob job) {
        List<SimJob> whole;
        List<SimJob> rest;
        synchronized (controller) {
            if (!run.isLast(job)) {
                return;
            }
            whole = run.whole();
            rest = run.rest();
            whole.forEach(each -> ending(each.ticket, each.outcome, each.bytes));
        }
        queue.endCopies(whole.size());
        rest.forEach(this::reportAlone);
    }

    private void report(long ticket, Outcome outcome, long bytes, @Nullable TransferError error) {
        synchronized (controller) {
            ending(ticket, outcome, bytes);
        }
        if (error != null) {
            queue.end(ticket, outcome, bytes, error);
        } else {
            queue.end(ticket, outcome, bytes);
        }
    }

    /** With the monitor: an end is about to be reported, by itself or with others. */
    private void ending(long ticket, Outcome outcome, long bytes) {
        controller.observer.ending(queue.name(), ticket, outcome, bytes);
        if (ticket != Long.MAX_VALUE) {
            lastTicketReported = ticket;
        }
    }
}
