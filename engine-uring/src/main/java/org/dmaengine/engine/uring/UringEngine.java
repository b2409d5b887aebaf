package org.dmaengine.engine.uring;

import org.dmaengine.EngineDescription;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.Scheduler;

import java.util.ArrayList;
import java.util.List;

/** One opened engine: its description and its workers. */
final class UringEngine implements EngineBackend {
    private final EngineDescription description;
    private final List<Worker> workers = new ArrayList<>();

    /**
     * Opens all rings, so that what the kernel refuses is told here.
     *
     * @throws UringUnavailable if one of them cannot be had
     */
    UringEngine(UringCalls calls, UringOptions options, Scheduler scheduler)
            throws UringUnavailable {
        this.description = Honesty.describe(options.channels());
        try {
            for (int i = 0; i < options.workers(); i++) {
                workers.add(Worker.start("dma-uring-worker-" + i, calls, options, scheduler));
            }
        } catch (UringUnavailable | RuntimeException | Error refused) {
            close();
            throw refused;
        }
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public ChannelBackend openChannel(int index, ChannelQueue queue) {
        Worker worker = workers.get(index % workers.size());
        UringChannel channel = new UringChannel(queue, worker);
        worker.join(channel);
        return channel;
    }

    /** The channels are closed, so that nothing is in the kernel any more but a lost engine's. */
    @Override
    public void close() {
        workers.forEach(Worker::close);
    }
}
