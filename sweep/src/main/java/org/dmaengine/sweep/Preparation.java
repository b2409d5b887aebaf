package org.dmaengine.sweep;

import org.dmaengine.Descriptor;
import org.dmaengine.Flag;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.BiConsumer;

/** How a client prepares: makes of a step's action, size and behaviour a descriptor. */
final class Preparation {
    private static final int PERIOD_BYTES = 64;

    private final World world;
    private final BiConsumer<TransferShadow, Behaviour> callback;

    Preparation(World world, BiConsumer<TransferShadow, Behaviour> callback) {
        this.world = world;
        this.callback = callback;
    }

    static boolean wantsCallback(Step step) {
        return step.behaviour().style() != Behaviour.Style.NONE;
    }

    static long lengthBytes(Step step) {
        return switch (step.action()) {
            case INTERRUPT -> 0;
            case CYCLIC -> PERIOD_BYTES * (1L + step.size() % 4);
            default -> 1 + step.size() % Arenas.LENGTH_MAX;
        };
    }

    /**
     * Prepared for the region's memory, and not submitted.
     *
     * @param mine where its transfer will stand, for its callback
     */
    Descriptor descriptor(
            Step step, ChannelShadow channel, Arenas.Region region, TransferShadow[] mine) {
        region.prepare();
        long length = lengthBytes(step);
        MemorySegment target = region.target().asSlice(0, length);
        MemorySegment source = region.source().asSlice(0, length);
        Flag[] flags = flags(step);
        Descriptor descriptor =
                switch (step.action()) {
                    case FILL -> channel.channel.prepMemset(target, (byte) 0x11, flags);
                    case INTERRUPT -> channel.channel.prepInterrupt(flags);
                    case READ_DEVICE ->
                            channel.channel.prepPeripheralSg(
                                    reading(step.size() % (2 * length)), List.of(target), flags);
                    case CYCLIC ->
                            channel.channel.prepCyclic(
                                    step.size() % 2 == 0
                                            ? reading(step.size() % 4096)
                                            : reading(step.size() % 4096).freeRunning(),
                                    region.target().asSlice(0, length),
                                    PERIOD_BYTES,
                                    event -> {
                                        if (event.missed() > 0) {
                                            world.rare.count(RareEvent.PERIODS_MISSED_OR_HELD);
                                        }
                                        callback.accept(mine[0], step.behaviour());
                                    },
                                    flags);
                    default -> channel.channel.prepMemcpy(target, source, flags);
                };
        if (wantsCallback(step) && step.action() != Action.CYCLIC) {
            descriptor.onComplete(result -> callback.accept(mine[0], step.behaviour()));
        }
        return descriptor;
    }

    private PeripheralConfig reading(long readableBytes) {
        return PeripheralConfig.read(Peripheral.of(world.device(readableBytes)));
    }

    private static Flag[] flags(Step step) {
        return switch (step.size() % 11) {
            case 0 -> new Flag[] {Flag.INTERRUPT, Flag.ACK, Flag.FENCE};
            case 1 -> new Flag[] {Flag.INTERRUPT};
            case 2 -> new Flag[] {Flag.INTERRUPT, Flag.ACK, Flag.REUSE};
            default -> new Flag[] {Flag.INTERRUPT, Flag.ACK};
        };
    }
}
