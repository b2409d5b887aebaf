package org.dmaengine.sweep;

import org.dmaengine.ChannelClosedException;
import org.dmaengine.Descriptor;
import org.dmaengine.EngineLostException;
import org.dmaengine.QueueFullException;
import org.dmaengine.StaleDescriptorException;
import org.dmaengine.Transfer;
import org.jspecify.annotations.Nullable;

import java.util.function.BiConsumer;

/**
 * The steps of a client that submit and issue. A submit may be refused where there is a reason: a
 * full queue, a stale descriptor (C15), memory of an arena that closes (C16).
 */
final class SubmitSteps {
    private final World world;
    private final ClientCalls calls;
    private final RareEvents rare;
    private final Preparation preparation;
    private final BiConsumer<TransferShadow, Behaviour> callback;
    private @Nullable TransferShadow last;

    SubmitSteps(
            World world, Preparation preparation, BiConsumer<TransferShadow, Behaviour> callback) {
        this.world = world;
        this.calls = world.oracle.calls;
        this.rare = world.rare;
        this.preparation = preparation;
        this.callback = callback;
    }

    /** What this client submitted last with a handle; null if there is none yet. */
    @Nullable TransferShadow last() {
        return last;
    }

    void prepareAndSubmit(Step step, ChannelShadow channel) {
        Arenas.Region region = world.arenas.take(step.size());
        if (region == null) {
            return;
        }
        TransferShadow[] mine = new TransferShadow[1];
        Descriptor descriptor = preparation.descriptor(step, channel, region, mine);
        submit(step, channel, region, descriptor, mine, null);
    }

    void hotCopy(Step step, ChannelShadow channel) {
        Arenas.Region region = world.arenas.take(step.size());
        if (region == null || region.arena.closing) {
            return;
        }
        region.prepare();
        long length = Preparation.lengthBytes(step);
        TransferShadow[] mine = new TransferShadow[1];
        long cookie =
                Preparation.wantsCallback(step)
                        ? channel.channel.tryMemcpy(
                                region.target(),
                                0,
                                region.source(),
                                0,
                                length,
                                (_, outcome, bytes) -> {
                                    world.oracle.callbacks.told(mine[0], outcome, bytes);
                                    callback.accept(mine[0], step.behaviour());
                                })
                        : channel.channel.tryMemcpy(region.target(), 0, region.source(), 0, length);
        if (cookie == 0) {
            rare.count(RareEvent.QUEUE_FULL);
            return;
        }
        mine[0] = new TransferShadow(channel, cookie, step, length, region, null);
        region.user = mine[0];
        calls.submitted(mine[0]);
    }

    /**
     * Nothing can come between the submit and the oracle's note of it.
     *
     * @param staleGeneration the generation that a kept descriptor was prepared in
     */
    void submit(
            Step step,
            ChannelShadow channel,
            Arenas.Region region,
            Descriptor descriptor,
            TransferShadow[] mine,
            @Nullable Long staleGeneration) {
        boolean stale = staleGeneration != null && staleGeneration != channel.generation;
        try {
            boolean usesMemory = step.action() != Action.INTERRUPT;
            Transfer transfer = channel.channel.submit(descriptor);
            if (stale) {
                throw new Violation("C15", "a stale descriptor was accepted on " + channel);
            }
            if (usesMemory && (region.arena.freed || region.arena.closing)) {
                throw new Violation("C16", "memory of a closed arena was accepted");
            }
            TransferShadow shadow =
                    new TransferShadow(
                            channel,
                            transfer.cookie(),
                            step,
                            Preparation.lengthBytes(step),
                            usesMemory ? region : null,
                            transfer);
            mine[0] = shadow;
            if (usesMemory) {
                region.user = shadow;
            }
            calls.submitted(shadow);
            last = shadow;
        } catch (QueueFullException full) {
            rare.count(RareEvent.QUEUE_FULL);
        } catch (StaleDescriptorException refused) {
            rare.count(RareEvent.STALE_DESCRIPTOR_REFUSED);
        } catch (ChannelClosedException | EngineLostException over) {
            throw over;
        } catch (IllegalStateException refused) {
            if (!region.arena.freed && !region.arena.closing && staleGeneration == null) {
                throw refused;
            }
            rare.count(RareEvent.SUBMIT_TO_CLOSED_ARENA_REFUSED);
        }
    }

    void issue(ChannelShadow channel) {
        calls.issued(channel);
        channel.channel.issuePending();
    }
}
