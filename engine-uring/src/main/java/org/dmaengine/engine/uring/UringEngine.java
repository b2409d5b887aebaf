package org.dmaengine.engine.uring;

import org.dmaengine.EngineDescription;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One opened engine: its description and its workers. */
final class UringEngine implements EngineBackend {
    private final EngineDescription description;
    private final Mappings mappings;
    private final @Nullable CallerRing callers;
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    /**
     * Opens all rings, so that what the kernel refuses is told here.
     *
     * @throws UringUnavailable if one of them cannot be had
     */
    UringEngine(UringCalls calls, UringOptions options, Scheduler scheduler)
            throws UringUnavailable {
        this.description = Honesty.describe(options.channels());
        this.mappings = new Mappings(1 + (options.polled() ? 2 : 1) * options.workers());
        this.callers =
                options.inline()
                        ? new CallerRing(calls, options, mappings, this::wakeSweeper)
                        : null;
        try {
            for (int i = 0; i < options.workers(); i++) {
                String name = "dma-uring-worker-" + i;
                int ring = CallerRing.INDEX + 1 + i;
                workers.add(Worker.start(name, calls, options, scheduler, callers, mappings, ring));
            }
        } catch (UringUnavailable | RuntimeException | Error refused) {
            close();
            throw refused;
        }
    }

    /** The first that lives looks after the files of the callers. */
    private void wakeSweeper() {
        for (Worker each : workers) {
            if (!each.isBroken()) {
                each.wake();
                return;
            }
        }
    }

    @Override
    public EngineDescription description() {
        return description;
    }

    @Override
    public ChannelBackend openChannel(int index, ChannelQueue queue) {
        Worker worker = workers.get(index % workers.size());
        return worker.join(queue, callers);
    }

    /**
     * Registers the memory: with the callers' ring at once, and with those of the workers by them.
     * What is not registered yet, or cannot be, is moved without.
     */
    @Override
    public Runnable map(MemorySegment memory) {
        List<MappedRange> parts = mappings.partsOf(memory);
        try {
            if (callers != null) {
                parts.forEach(callers::register);
            }
            mappings.add(parts);
            workers.forEach(each -> parts.forEach(each::register));
            return () -> unmap(parts);
        } catch (RuntimeException | Error failed) {
            // Nobody will ever unmap it.
            unmap(parts);
            throw failed;
        }
    }

    private void unmap(List<MappedRange> parts) {
        // From here on nobody finds it.
        mappings.remove(parts);
        // And no worker that comes to it later pins what others have there by then.
        parts.forEach(MappedRange::goes);
        if (callers != null) {
            parts.forEach(callers::unregister);
        }
        workers.forEach(each -> parts.forEach(each::unregister));
    }

    /** The channels are closed, so that nothing is in the kernel any more but a lost engine's. */
    @Override
    public void close() {
        workers.forEach(Worker::close);
        if (callers != null) {
            callers.close();
        }
    }
}
