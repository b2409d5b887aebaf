package org.dmaengine.bench.channels;

import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.Flag;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.ArrayList;
import java.util.List;

/**
 * What is reachable on the heap with channels that do nothing, and without them; the channels may
 * have been used before.
 */
final class IdleChannels implements Contestant {
    private static final int BURST = 32;
    private static final long COPY_BYTES = 64;

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final DmaEngine engine = DmaEngines.open("cpu");
    private final DmaArena arena = DmaArena.open();
    private final MemorySegment source = arena.allocate(COPY_BYTES);
    private final MemorySegment target = arena.allocate(COPY_BYTES);
    private final int count;
    private final boolean used;

    /**
     * So many channels.
     *
     * @param used whether each has done what {@link #use} does
     */
    IdleChannels(int count, boolean used) {
        this.count = count;
        this.used = used;
    }

    @Override
    public Turn measure() {
        long before = usedBytes();
        List<DmaChannel> channels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            channels.add(engine.requestChannel(Capability.MEMCPY));
            if (used) {
                use(channels.getLast());
            }
        }
        long bytes = usedBytes() - before;
        channels.forEach(DmaChannel::close);
        return Turn.of((double) bytes / count);
    }

    /** A burst of small copies, and one with a handle, until all are done. */
    private void use(DmaChannel channel) {
        for (int i = 0; i < BURST; i++) {
            if (channel.tryMemcpy(target, 0, source, 0, COPY_BYTES) == 0) {
                throw new IllegalStateException("the channel is full with " + i);
            }
        }
        Transfer last = channel.submit(channel.prepMemcpy(target, source, Flag.ACK));
        channel.issuePending();
        if (last.await().outcome() != Outcome.COMPLETE) {
            throw new IllegalStateException("a copy ended as " + last.await());
        }
    }

    private long usedBytes() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() {
        engine.close();
        arena.close();
    }
}
