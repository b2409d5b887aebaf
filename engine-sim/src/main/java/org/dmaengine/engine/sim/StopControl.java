package org.dmaengine.engine.sim;

import org.dmaengine.Outcome;

/**
 * What becomes of a transfer that is told to stop: what the {@link StopModel} says, unless its
 * fault says otherwise. Guarded by the controller.
 */
final class StopControl {
    private final SimController controller;
    private final SimModel model;
    private final Sequencer sequencer;
    private final Watchdog watchdog;
    private final CompletionEntries entries;

    StopControl(
            SimController controller,
            Sequencer sequencer,
            Watchdog watchdog,
            CompletionEntries entries) {
        this.controller = controller;
        this.model = controller.model;
        this.sequencer = sequencer;
        this.watchdog = watchdog;
        this.entries = entries;
    }

    /** True if it ended here and now, its end not yet reported. */
    boolean stop(SimJob job) {
        if (!job.isOnHand() || job.phase == SimJob.Phase.RUNAWAY) {
            return false;
        }
        job.told = true;
        StopModel stop = model.stop;
        if (!job.begun) {
            if (stop.withdraws() || job.isCyclic()) {
                entries.done(job, Outcome.ABORTED, null);
            }
        } else if (stop == StopModel.NEVER || job.fault instanceof SimFault.NoStop) {
            runAway(job);
        } else if (job.fault instanceof SimFault.LateStop(long nanos)) {
            job.tellFault();
            controller.after(Saturated.sum(model.stopNanos, nanos), () -> acknowledge(job));
        } else if (stop == StopModel.ACKNOWLEDGED) {
            controller.after(model.stopNanos, () -> acknowledge(job));
        } else if (stop == StopModel.AT_ONCE) {
            entries.endWithoutEntry(job, Outcome.ABORTED, null);
            return true;
        } else if (stop == StopModel.AT_BURST || job.isCyclic()) {
            stopAtBurst(job);
        }
        return false;
    }

    private void runAway(SimJob job) {
        if (job.fault instanceof SimFault.NoStop) {
            job.tellFault();
        }
        job.runAway();
        watchdog.watch(job);
        sequencer.planBurst(job, 0);
    }

    /** Through the completion path of any transfer; by then it may have completed (R16). */
    private void acknowledge(SimJob job) {
        if (job.isOnHand()) {
            entries.done(job, Outcome.ABORTED, null);
        }
    }

    /**
     * The burst that is planned comes, at its time: memory that is used again too early shows it.
     */
    private void stopAtBurst(SimJob job) {
        if (job.phase == SimJob.Phase.RUNNING && !job.isAtEnd()) {
            job.stopping = true;
        } else {
            entries.done(job, Outcome.ABORTED, null);
        }
    }
}
