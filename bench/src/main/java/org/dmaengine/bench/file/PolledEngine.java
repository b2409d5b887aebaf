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
 * An engine, through the full API, where nothing has to be waited for: as many as the depth are
 * submitted, a doorbell, state of each cookie.
 */
final class PolledEngine implements Contestant {
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
        long done = 0;
        do {
            for (int i = 0; i < depth; i++) {
                cookies[i] = channel.tryPeripheral(config, offsets.next(), buffers.get(i));
            }
            channel.issuePending();
            for (long cookie : cookies) {
                await(cookie);
            }
            done += depth;
        } while (System.nanoTime() < endNanos);
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
