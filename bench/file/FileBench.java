import com.sun.nio.file.ExtendedOpenOption;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferState;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads or writes a file at a constant depth and prints operations per second and processor time
 * per operation in ns: through the full API of an engine, or through what the JDK has.
 *
 * <pre>FileBench WHO FILE read|write BLOCK DEPTH SECONDS random|sequential [direct]</pre>
 *
 * WHO: an engine with its options, as {@code io_uring:mode=workers}; {@code FileChannel}, one
 * thread and one call at a time; {@code AsynchronousFileChannel}.
 */
public final class FileBench {
    /** Doorbells are rung for so many transfers, or for the depth where that is less. */
    private static final int BURST_MAX = 32;

    private final Path path;
    private final boolean writing;
    private final int block;
    private final int depth;
    private final long nanos;
    private final boolean random;
    private final boolean direct;
    private final long blocks;
    private final SplittableRandom offsets = new SplittableRandom(7);
    private long position;

    private FileBench(String[] words) throws IOException {
        path = Path.of(words[1]);
        writing = words[2].equals("write");
        block = Integer.parseInt(words[3]);
        depth = Integer.parseInt(words[4]);
        nanos = (long) (Double.parseDouble(words[5]) * 1e9);
        random = words[6].equals("random");
        direct = words.length > 7 && words[7].equals("direct");
        blocks = java.nio.file.Files.size(path) / block;
    }

    public static void main(String[] words) throws Exception {
        FileBench bench = new FileBench(words);
        // The first run compiles.
        bench.run(words[0], bench.nanos);
        double used = processorNanos();
        long begun = System.nanoTime();
        long done = bench.run(words[0], bench.nanos);
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf("%.0f %.0f%n", done / seconds, (processorNanos() - used) / done);
    }

    private static double processorNanos() {
        var system =
                (com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }

    private long run(String who, long forNanos) throws Exception {
        return switch (who) {
            case "FileChannel" -> fileChannel(forNanos);
            case "AsynchronousFileChannel" -> asynchronous(forNanos);
            default -> engine(who, forNanos);
        };
    }

    private Set<OpenOption> options() {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (writing) {
            options.add(StandardOpenOption.WRITE);
        }
        if (direct) {
            options.add(ExtendedOpenOption.DIRECT);
        }
        return options;
    }

    private long nextOffset() {
        return block * (random ? offsets.nextLong(blocks) : position++ % blocks);
    }

    private long engine(String who, long forNanos) throws IOException {
        String[] parts = who.split("[:,]");
        EngineOptions engineOptions = EngineOptions.defaults();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=");
            engineOptions = engineOptions.with(pair[0], pair[1]);
        }
        try (FileChannel file = FileChannel.open(path, options());
                DmaArena arena = DmaArena.open();
                DmaEngine engine = DmaEngines.open(parts[0], engineOptions);
                DmaChannel channel =
                        engine.requestChannel(ChannelRequest.of(Capability.PERIPHERAL))) {
            Peripheral peripheral = new Peripheral.File(file);
            PeripheralConfig config =
                    writing
                            ? PeripheralConfig.write(peripheral)
                            : PeripheralConfig.read(peripheral);
            MemorySegment memory = arena.allocate((long) block * depth, 4096);
            List<MemorySegment> buffers = new ArrayList<>();
            long[] cookies = new long[depth];
            for (int i = 0; i < depth; i++) {
                buffers.add(memory.asSlice((long) i * block, block));
            }
            int burst = Math.min(BURST_MAX, depth);
            long end = System.nanoTime() + forNanos;
            long done = 0;
            boolean more = true;
            int next = 0;
            int inFlight = 0;
            while (more || inFlight > 0) {
                // The oldest burst makes room for a new one.
                if (inFlight == depth || !more) {
                    for (int i = 0; i < burst && inFlight > 0; i++) {
                        await(channel, cookies[(next + depth - inFlight) % depth]);
                        inFlight--;
                        done++;
                    }
                }
                if (more) {
                    for (int i = 0; i < burst && inFlight < depth; i++) {
                        cookies[next] =
                                channel.tryPeripheral(config, nextOffset(), buffers.get(next));
                        next = (next + 1) % depth;
                        inFlight++;
                    }
                    channel.issuePending();
                    more = System.nanoTime() < end;
                }
            }
            return done;
        }
    }

    private static void await(DmaChannel channel, long cookie) {
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

    private ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(block + 4096).alignedSlice(4096).limit(block);
    }

    private long fileChannel(long forNanos) throws IOException {
        try (FileChannel file = FileChannel.open(path, options())) {
            ByteBuffer buffer = buffer();
            long end = System.nanoTime() + forNanos;
            long done = 0;
            while (System.nanoTime() < end) {
                buffer.clear().limit(block);
                int bytes =
                        writing
                                ? file.write(buffer, nextOffset())
                                : file.read(buffer, nextOffset());
                if (bytes != block) {
                    throw new IOException("moved " + bytes);
                }
                done++;
            }
            return done;
        }
    }

    private long asynchronous(long forNanos) throws Exception {
        try (var pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
                AsynchronousFileChannel file =
                        AsynchronousFileChannel.open(path, options(), pool)) {
            ByteBuffer[] buffers = new ByteBuffer[depth];
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                buffers[i] = buffer();
                running.add(null);
            }
            long end = System.nanoTime() + forNanos;
            long done = 0;
            for (int i = 0; System.nanoTime() < end; i = (i + 1) % depth) {
                Future<Integer> before = running.get(i);
                if (before != null) {
                    if (before.get() != block) {
                        throw new IOException("moved " + before.get());
                    }
                    done++;
                }
                buffers[i].clear().limit(block);
                running.set(
                        i,
                        writing
                                ? file.write(buffers[i], nextOffset())
                                : file.read(buffers[i], nextOffset()));
            }
            for (Future<Integer> each : running) {
                if (each != null) {
                    each.get();
                    done++;
                }
            }
            return done;
        }
    }
}
