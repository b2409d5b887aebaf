package org.dmaengine.engine.cpu;

import org.dmaengine.EngineDescription;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.Scheduler;

/** One opened CPU engine: its description and its threads. */
final class CpuEngine implements EngineBackend {
    private final EngineDescription description;
    private final Lanes lanes;
    private final Scheduler scheduler;

    CpuEngine(CpuOptions options, Scheduler scheduler) {
        this.description = Honesty.describe(options.channels());
        this.lanes = new Lanes(options, scheduler);
        this.scheduler = scheduler;
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public ChannelBackend openChannel(int index, ChannelQueue queue) {
        return new MovingChannel(queue, lanes, scheduler);
    }

    /** The channels are closed, so that the threads find nothing more to do, and end. */
    @Override
    public void close() {
        lanes.close();
    }
}
