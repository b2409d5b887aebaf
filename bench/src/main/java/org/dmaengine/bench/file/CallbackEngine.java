package org.dmaengine.bench.file;

import org.dmaengine.CookieCallback;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.bench.Contestant;
import org.dmaengine.bench.Skip;
import org.dmaengine.bench.Turn;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An engine, through the full API, where there is something to wait for: each callback, on the
 * engine's own thread, submits the next transfer of its buffer, and nobody looks and looks.
 */
final class CallbackEngine implements Contestant {
    private static final long DEADLINE_SECONDS = 60;

    private final Access access;
    private final Metric metric;
    private final Access.Offsets offsets;
    private final EngineFile engine;
    private final DmaChannel channel;
    private final PeripheralConfig config;

    // Of the callbacks, which run one at a time.
    private long done;
    private long endNanos;
    private CountDownLatch inFlight = new CountDownLatch(0);
    private volatile String failure = "";

    CallbackEngine(Path file, Access access, Metric metric) throws IOException, Skip {
        this.access = access;
        this.metric = metric;
        engine = new EngineFile(file, access);
        offsets = engine.offsets();
        channel = engine.channel();
        config = engine.config();
    }

    @Override
    public Turn measure() throws Exception {
        return metric.measure(this::transfer);
    }

    private long transfer(long newEndNanos) throws Exception {
        done = 0;
        endNanos = newEndNanos;
        inFlight = new CountDownLatch(access.depth());
        for (int i = 0; i < access.depth(); i++) {
            new Slot(engine.buffer(i)).submit();
        }
        channel.issuePending();
        if (!inFlight.await(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("a minute after the turn not all transfers have ended");
        }
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
        return done;
    }

    /** One buffer, and the transfer that has it. */
    private final class Slot {
        private final MemorySegment buffer;
        private final CookieCallback onComplete = this::ended;

        Slot(MemorySegment buffer) {
            this.buffer = buffer;
        }

        void submit() {
            channel.tryPeripheral(config, offsets.next(), buffer, onComplete);
        }

        private void ended(long cookie, Outcome outcome, long bytes) {
            if (bytes != access.blockBytes()) {
                failure = "a transfer ended as " + channel.status(cookie);
            }
            done++;
            if (failure.isEmpty() && System.nanoTime() < endNanos) {
                submit();
                channel.issuePending();
            } else {
                inFlight.countDown();
            }
        }
    }

    @Override
    public void close() throws IOException {
        engine.close();
    }
}
