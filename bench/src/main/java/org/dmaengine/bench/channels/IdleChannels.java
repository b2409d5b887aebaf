package org.dmaengine.bench.channels;

import org.dmaengine.Capability;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Turn;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.ArrayList;
import java.util.List;

/** What is reachable on the heap with channels that do nothing, and without them. */
final class IdleChannels implements Contestant {
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final DmaEngine engine = DmaEngines.open("cpu");
    private final int count;

    IdleChannels(int count) {
        this.count = count;
    }

    @Override
    public Turn measure() {
        long before = usedBytes();
        List<DmaChannel> channels = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            channels.add(engine.requestChannel(Capability.MEMCPY));
        }
        long bytes = usedBytes() - before;
        channels.forEach(DmaChannel::close);
        return Turn.of((double) bytes / count);
    }

    private long usedBytes() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() {
        engine.close();
    }
}
