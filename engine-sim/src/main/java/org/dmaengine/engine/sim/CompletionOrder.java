package org.dmaengine.engine.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * When the ends of a channel are reported: in the order of its transfers, unless the model says
 * otherwise, and except for those that a fault holds back until the next one that ends, or for so
 * long. Guarded by the controller.
 */
final class CompletionOrder {
    private final SimController controller;
    private final List<SimJob> jobs;
    private final SimLoss loss;
    private final SimReports reports;

    CompletionOrder(SimController controller, List<SimJob> jobs, SimLoss loss, SimReports reports) {
        this.controller = controller;
        this.jobs = jobs;
        this.loss = loss;
        this.reports = reports;
    }

    /** A completion entry is there: reports what may be reported now. */
    void entered(SimJob job) {
        job.entered = true;
        if (job.fault instanceof SimFault.ReorderedCompletion(long nanos)) {
            job.tellFault();
            job.heldBack = true;
            controller.after(nanos, () -> release(job));
        }
        flush();
    }

    private void release(SimJob job) {
        job.heldBack = false;
        flush();
    }

    /** Nothing is held back any more, and the entries that got lost are there. */
    void heal() {
        for (SimJob job : jobs) {
            job.heldBack = false;
            if (job.fault instanceof SimFault.LostCompletion && !job.isOnHand()) {
                job.entered = true;
            }
        }
        flush();
    }

    /** A job waits for those before it; what is held back follows the next that ends. */
    void flush() {
        if (loss.isGone()) {
            return;
        }
        List<SimJob> ready = new ArrayList<>();
        List<SimJob> released = new ArrayList<>();
        for (SimJob job : jobs) {
            if (job.heldBack) {
                released.add(job);
            } else if (job.entered) {
                ready.add(job);
            } else if (controller.model.inOrder) {
                break;
            }
        }
        if (ready.isEmpty()) {
            return;
        }
        ready.addAll(released);
        jobs.removeAll(ready);
        for (SimJob job : ready) {
            job.heldBack = false;
            job.phase = SimJob.Phase.REPORTED;
            reports.addEnd(job);
        }
        controller.wakeWaiters();
    }
}
