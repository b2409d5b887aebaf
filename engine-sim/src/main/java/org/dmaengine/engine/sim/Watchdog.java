package org.dmaengine.engine.sim;

/**
 * Finds the transfer that does not move on, and tells that its engine is lost (C12). It looks only
 * at those that have a physical channel: what waits for somebody is not stuck. Guarded by the
 * controller.
 */
final class Watchdog {
    private final SimController controller;
    private final PhysicalChannels physical;
    private final long watchdogNanos;

    Watchdog(SimController controller, PhysicalChannels physical) {
        this.controller = controller;
        this.physical = physical;
        this.watchdogNanos = controller.model.watchdogNanos;
    }

    /** Begins anew. */
    void watch(SimJob job) {
        controller.cancel(job.watch);
        job.progressNanos = controller.nanoTime();
        job.watch = controller.after(watchdogNanos, () -> look(job));
    }

    private void look(SimJob job) {
        long quietNanos = controller.nanoTime() - job.progressNanos;
        if (quietNanos < watchdogNanos) {
            job.watch = controller.after(watchdogNanos - quietNanos, () -> look(job));
            return;
        }
        physical.giveUp(job);
        job.channel.loss.lose(
                "ticket "
                        + job.ticket
                        + " did not move on within "
                        + watchdogNanos
                        + " ns"
                        + (job.told ? " after it was told to stop" : ""));
    }
}
