package org.dmaengine.bench.file;

import org.dmaengine.DmaChannel;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferState;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An engine, through the full API, where nothing has to be waited for: prep and submit in bursts,
 * doorbell, state of each cookie.
 */
final class PolledEngine implements Contestant {
    /** Doorbells are rung for so many transfers, or for the depth where that is less. */
    private static final int BURST_MAX = 128;

    private final Metric metric;
    private final int depth;
    private final Access.Offsets offsets;
    private final EngineFile engine;
    private final DmaChannel channel;
    private final PeripheralConfig config;
    private final List<MemorySegment> buffers = new ArrayList<>();
    private final long[] cookies;

    PolledEngine(Path file, Access access, Metric metric) throws IOException, Skip {
        this.metric = metric;
        depth = access.depth();
        engine = new EngineFile(file, access);
        offsets = engine.offsets();
        channel = engine.channel();
        config = engine.config();
        cookies = new long[depth];
        for (int i = 0; i < depth; i++) {
            buffers.add(engine.buffer(i));
        }
    }

    @Override
    public Turn measure() throws Exception {
        return metric.measure(this::transfer);
    }

    private long transfer(long endNanos) {
        int burst = Math.min(BURST_MAX, depth);
        long done = 0;
        boolean more = true;
        int next = 0;
        int inFlight = 0;
        while (more || inFlight > 0) {
            // The oldest burst makes room for a new one.
            if (inFlight == depth || !more) {
                for (int i = 0; i < burst && inFlight > 0; i++) {
                    await(cookies[(next + depth - inFlight) % depth]);
                    inFlight--;
                    done++;
                }
            }
            if (more) {
                for (int i = 0; i < burst && inFlight < depth; i++) {
                    cookies[next] =
                            channel.tryPeripheral(config, offsets.next(), buffers.get(next));
                    next = (next + 1) % depth;
                    inFlight++;
                }
                channel.issuePending();
                more = System.nanoTime() < endNanos;
            }
        }
        return done;
    }

    // On one core with the engine, only a yield lets it go on.
    @SuppressWarnings("ThreadPriorityCheck")
    private void await(long cookie) {
        TransferState state = channel.state(cookie);
        for (int looks = 0; state == TransferState.IN_PROGRESS; looks++) {
            if (looks < 100) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
            state = channel.state(cookie);
        }
        if (state != TransferState.COMPLETE) {
            throw new IllegalStateException("a transfer ended as " + channel.status(cookie));
        }
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
