import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferState;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** An engine, through the full API: prep and submit, doorbell, state of each cookie. */
final class EngineSide implements Side {
    /** Doorbells are rung for so many transfers, or for the depth where that is less. */
    private static final int BURST_MAX = 32;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int depth;
    private final Access.Offsets offsets;
    private final FileChannel file;
    private final Arena arena = Arena.ofShared();
    private final DmaEngine engine;
    private final DmaBuffer mapped;
    private final DmaChannel channel;
    private final PeripheralConfig config;
    private final List<MemorySegment> buffers = new ArrayList<>();
    private final long[] cookies;
    private double allocatedBytes;

    /**
     * @param name with options, as {@code io_uring:mode=workers,spins=0}
     */
    EngineSide(String name, Access access) throws IOException {
        String[] parts = name.split("[:,]");
        EngineOptions options = EngineOptions.defaults();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=");
            options = options.with(pair[0], pair[1]);
        }
        depth = access.depth();
        offsets = new Access.Offsets(access);
        file = FileChannel.open(access.file(), access.options());
        engine = DmaEngines.open(parts[0], options);
        channel = engine.requestChannel(ChannelRequest.of(Capability.PERIPHERAL));
        Peripheral peripheral = new Peripheral.File(file);
        config =
                access.writing()
                        ? PeripheralConfig.write(peripheral)
                        : PeripheralConfig.read(peripheral);
        // As the peers register theirs.
        mapped = engine.map(arena.allocate((long) access.block() * depth, 4096));
        MemorySegment memory = mapped.segment();
        cookies = new long[depth];
        for (int i = 0; i < depth; i++) {
            buffers.add(memory.asSlice((long) i * access.block(), access.block()));
        }
    }

    /** Bytes on the heap for each operation of the last run, of all threads. */
    double allocatedBytes() {
        return allocatedBytes;
    }

    @Override
    public Figure run(double seconds) throws Exception {
        return Side.measure(seconds, this::transfer);
    }

    private long transfer(long endNanos) {
        int burst = Math.min(BURST_MAX, depth);
        long allocated = THREADS.getTotalThreadAllocatedBytes();
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
        allocatedBytes = (double) (THREADS.getTotalThreadAllocatedBytes() - allocated) / done;
        return done;
    }

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
        channel.close();
        mapped.close();
        engine.close();
        arena.close();
        file.close();
    }
}
