package org.dmaengine.engine.sim;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.jspecify.annotations.Nullable;

/**
 * How transfers end: after the last touch comes the completion entry, in time, too late, or only
 * because the watchdog finds that there is none. Guarded by the controller.
 */
final class CompletionEntries {
    private final SimController controller;
    private final SimModel model;
    private final PhysicalChannels physical;

    CompletionEntries(SimController controller, PhysicalChannels physical) {
        this.controller = controller;
        this.model = controller.model;
        this.physical = physical;
    }

    /** The last touch is over; the completion entry follows. */
    void done(SimJob job, Outcome outcome, @Nullable TransferError error) {
        endWithoutEntry(job, outcome, error);
        enterLater(job);
    }

    /** The last touch is over. */
    void endWithoutEntry(SimJob job, Outcome outcome, @Nullable TransferError error) {
        physical.leave(job);
        job.phase = SimJob.Phase.DONE;
        // A stop that comes after the last burst finds it complete.
        boolean whole = outcome == Outcome.ABORTED && job.bytes > 0 && job.isAtEnd();
        job.outcome = whole ? Outcome.COMPLETE : outcome;
        job.error = error;
        job.giveBackPeripheral();
        controller.observer.lastTouch(job.channel.name(), job.ticket);
    }

    /** Plans the completion entry; the watchdog finds one that does not come. */
    void enterLater(SimJob job) {
        long nanos = model.completionNanos;
        switch (job.fault) {
            case SimFault.LateCompletion(long late) -> {
                job.tellFault();
                nanos = Saturated.sum(nanos, late);
            }
            case SimFault.LostCompletion _ -> {
                job.tellFault();
                nanos = Math.max(nanos, model.watchdogNanos);
            }
            case null, default -> {}
        }
        job.entry = controller.after(nanos, () -> job.channel.completions.entered(job));
    }
}
