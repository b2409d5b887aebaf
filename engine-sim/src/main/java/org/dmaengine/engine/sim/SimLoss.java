package org.dmaengine.engine.sim;

import org.dmaengine.Outcome;

import java.util.List;

/**
 * What the loss of its controller means for a channel. A lost one has told the core that nobody
 * knows what becomes of what it holds (C12). A controller that is gone touches and reports nothing;
 * if it comes back, what it held is over, and proved. Guarded by the controller.
 */
final class SimLoss {
    private final SimController controller;
    private final List<SimJob> jobs;
    private final SimReports reports;

    private boolean gone;
    private boolean lost;

    SimLoss(SimController controller, List<SimJob> jobs, SimReports reports) {
        this.controller = controller;
        this.jobs = jobs;
        this.reports = reports;
    }

    boolean isGone() {
        return gone;
    }

    /** Whether the core was told, even if the controller is back. */
    boolean isLost() {
        return lost;
    }

    /** Tells the core, once. */
    void lose(String reason) {
        if (!lost) {
            lost = true;
            reports.addLost(reason);
        }
    }

    void vanish() {
        gone = true;
        jobs.forEach(controller.physical::freeze);
        lose("the simulated controller is gone");
    }

    /** What it held is over, and proved. False if it was there all the time. */
    boolean comeBack() {
        if (!gone) {
            return false;
        }
        gone = false;
        abandon(List.copyOf(jobs));
        return true;
    }

    /** What would never end by itself ends now, and all that a lost controller holds. */
    void endHanging() {
        abandon(jobs.stream().filter(job -> lost || isHanging(job)).toList());
    }

    private boolean isHanging(SimJob job) {
        return job.phase == SimJob.Phase.RUNAWAY || job.stuckUntilNanos > controller.nanoTime();
    }

    private void abandon(List<SimJob> all) {
        for (SimJob job : all) {
            if (job.isOnHand()) {
                controller.entries.done(job, Outcome.ABORTED, null);
            }
        }
    }
}
