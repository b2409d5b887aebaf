package org.dmaengine.engine.sim;

import org.dmaengine.Operation;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Who has a physical channel. A transfer that waits for its peripheral, for its client or for the
 * end of a pause leaves its physical channel to others, so that no channel waits for another one's
 * work (C14). Guarded by the controller.
 */
final class PhysicalChannels {
    private final SimController controller;
    private final SimModel model;
    private final Choices choices;
    private final List<SimJob> running = new ArrayList<>();

    PhysicalChannels(SimController controller) {
        this.controller = controller;
        this.model = controller.model;
        this.choices = Choices.of(model.seed);
    }

    /** Gives a free one to somebody who waits for it; null if there is none, or nobody waits. */
    @Nullable SimJob assign(List<SimChannel> channels) {
        if (running.size() >= model.physicalChannels) {
            return null;
        }
        List<SimJob> candidates = candidates(channels);
        if (candidates.isEmpty()) {
            return null;
        }
        SimJob job = choices.of(candidates);
        running.add(job);
        job.phase = SimJob.Phase.RUNNING;
        return job;
    }

    /** Fair between channels by chance; in order within each, unless the model says otherwise. */
    private List<SimJob> candidates(List<SimChannel> channels) {
        List<SimJob> candidates = new ArrayList<>();
        for (SimChannel channel : channels) {
            if (channel.mayRun()) {
                for (SimJob job : channel.jobs) {
                    if (job.phase == SimJob.Phase.WAITING && mayPass(job)) {
                        candidates.add(job);
                    }
                    if (model.inOrder && job.isOnHand()) {
                        break;
                    }
                }
            }
        }
        return candidates;
    }

    /** An interrupt is told after all before it, whatever the order of the others (C3). */
    private static boolean mayPass(SimJob job) {
        return !(job.operation instanceof Operation.Interrupt)
                || job.channel.jobs.getFirst() == job;
    }

    /** Nothing to move: another transfer may have the physical channel. */
    void starve(SimJob job) {
        leave(job);
        job.phase = SimJob.Phase.STARVED;
    }

    /** Its peripheral, or its client, may be ready now. */
    void ready(SimJob job) {
        if (job.phase == SimJob.Phase.STARVED) {
            controller.cancel(job.burst);
            job.phase = SimJob.Phase.WAITING;
            controller.ring();
        }
    }

    /**
     * It goes on where it was, when its channel may run again. What stops keeps its place, and ends
     * there without a byte: nobody waits for a resume to see it end (C5).
     */
    void hold(SimJob job) {
        if (job.phase == SimJob.Phase.RUNNING && !job.stopping) {
            leave(job);
            job.phase = SimJob.Phase.WAITING;
        }
    }

    /** Its controller is gone: nothing is touched any more. */
    void freeze(SimJob job) {
        if (job.isOnHand()) {
            leave(job);
        }
    }

    /** Nothing of it is planned any more, and others get the physical channel. */
    void leave(SimJob job) {
        controller.cancel(job.burst);
        controller.cancel(job.watch);
        giveUp(job);
    }

    /** Others get the physical channel; this transfer may still touch its memory. */
    void giveUp(SimJob job) {
        running.remove(job);
    }
}
