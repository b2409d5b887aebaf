package org.dmaengine.sweep;

import org.dmaengine.Descriptor;
import org.dmaengine.Flag;

/**
 * The steps of a client that prepare a descriptor, keep it with its channel, and submit it later,
 * or let another client do so: it may be stale by then (C15), and a reusable one is submitted
 * again.
 */
final class KeptDescriptorSteps {
    private final World world;
    private final Preparation preparation;
    private final SubmitSteps submits;

    KeptDescriptorSteps(World world, Preparation preparation, SubmitSteps submits) {
        this.world = world;
        this.preparation = preparation;
        this.submits = submits;
    }

    void prepare(Step step, ChannelShadow channel) {
        Arenas.Region region = world.arenas.take(step.size());
        if (region == null) {
            return;
        }
        // A kept descriptor has no callback: which of its runs would it tell about?
        Step plain =
                new Step(Action.COPY, step.channel(), step.size(), step.nanos(), Behaviour.NONE);
        long generation = channel.generation;
        channel.kept = preparation.descriptor(plain, channel, region, new TransferShadow[1]);
        channel.keptStep = plain;
        channel.keptRegion = region;
        channel.keptGeneration = generation;
    }

    void submit(ChannelShadow channel) {
        Descriptor kept = channel.kept;
        Step step = channel.keptStep;
        Arenas.Region region = channel.keptRegion;
        if (kept == null || step == null || region == null || !region.isFree()) {
            return;
        }
        region.prepare();
        long generation = channel.keptGeneration;
        if (!kept.flags().contains(Flag.REUSE)) {
            channel.kept = null;
        }
        submits.submit(step, channel, region, kept, new TransferShadow[1], generation);
    }

    void rearm(ChannelShadow channel) {
        Descriptor kept = channel.kept;
        if (kept == null || !kept.flags().contains(Flag.REUSE)) {
            return;
        }
        try {
            kept.rearm();
            channel.keptGeneration = channel.generation;
        } catch (IllegalStateException stillRunning) {
            TransferShadow user = channel.keptRegion == null ? null : channel.keptRegion.user;
            if (user == null || user.outcome != null) {
                throw stillRunning;
            }
        }
    }
}
