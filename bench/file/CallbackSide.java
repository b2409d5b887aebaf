import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.Outcome;
import org.dmaengine.PeripheralConfig;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.concurrent.CountDownLatch;

/**
 * An engine, through the full API, where there is something to wait for: each callback, on the
 * engine's own thread, submits the next transfer of its buffer, and nobody looks and looks.
 */
final class CallbackSide implements Side {
    private final Access access;
    private final Access.Offsets offsets;
    private final FileChannel file;
    private final Arena arena = Arena.ofShared();
    private final DmaEngine engine;
    private final DmaBuffer mapped;
    private final DmaChannel channel;
    private final PeripheralConfig config;

    // Of the callbacks, which run one at a time.
    private long done;
    private long endNanos;
    private CountDownLatch inFlight = new CountDownLatch(0);
    private volatile String failure = "";

    CallbackSide(String name, Access access) throws IOException {
        this.access = access;
        offsets = new Access.Offsets(access);
        file = FileChannel.open(access.file(), access.options());
        engine = Engines.open(name);
        channel =
                engine.requestChannel(
                        ChannelRequest.of(Capability.PERIPHERAL)
                                .withCallbackExecutor(Runnable::run));
        config = Engines.config(access, file);
        // As the peers register theirs.
        mapped = engine.map(arena.allocate((long) access.block() * access.depth(), 4096));
    }

    @Override
    public Figure run(double seconds) throws Exception {
        return Side.measure(seconds, this::transfer);
    }

    private long transfer(long newEndNanos) throws Exception {
        done = 0;
        endNanos = newEndNanos;
        inFlight = new CountDownLatch(access.depth());
        for (int i = 0; i < access.depth(); i++) {
            new Slot(mapped.segment().asSlice((long) i * access.block(), access.block())).submit();
        }
        channel.issuePending();
        inFlight.await();
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
            if (bytes != access.block()) {
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
        channel.close();
        mapped.close();
        engine.close();
        arena.close();
        file.close();
    }
}
