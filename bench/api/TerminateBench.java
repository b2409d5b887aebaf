import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferState;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * How long it takes from {@code terminateSync()} until the buffer is free, beside what a program of
 * today would do: wait for the end of a {@code MemorySegment.copy}, which nothing can stop, and
 * close a pipe under its reader and join the reader.
 */
final class TerminateBench {
    private static final long COPY_BYTES = 256L << 20;

    /** Stopped pipes for each stopped copy. */
    private static final int PIPE_FACTOR = 20;

    private final int times;

    private TerminateBench(int times) {
        this.times = times;
    }

    public static void main(String[] arguments) throws Exception {
        int times = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300;
        System.out.println("µs                              |   median      P99  longest");
        new TerminateBench(times).all();
    }

    private void all() throws Exception {
        for (String mode : List.of("workers", "inline")) {
            try (DmaEngine engine =
                            DmaEngines.open("cpu", EngineOptions.defaults().with("mode", mode));
                    DmaArena arena = DmaArena.open();
                    DmaChannel channel =
                            engine.requestChannel(Capability.MEMCPY, Capability.PERIPHERAL)) {
                MemorySegment source = arena.allocate(COPY_BYTES);
                MemorySegment target = arena.allocate(COPY_BYTES);
                source.fill((byte) 1);
                target.fill((byte) 2);
                copies(mode, channel, target, source);
                pipes("cpu " + mode, channel, target.asSlice(0, 4096));
            }
        }
        try (DmaEngine engine = DmaEngines.open("io_uring");
                DmaArena arena = DmaArena.open();
                DmaChannel channel = engine.requestChannel(Capability.PERIPHERAL)) {
            pipes("io_uring", channel, arena.allocate(4096));
        } catch (EngineUnavailableException no) {
            System.out.println("without io_uring: " + no.getMessage());
        }
    }

    private void copies(String mode, DmaChannel channel, MemorySegment target, MemorySegment source)
            throws Exception {
        long[] ours = new long[times];
        long[] theirs = new long[times];
        for (int i = 0; i < times; i++) {
            long cookie = channel.trySubmit(channel.prepMemcpy(target, source));
            channel.issuePending();
            awaitProgress(channel, cookie);
            long begin = System.nanoTime();
            channel.terminateSync();
            ours[i] = System.nanoTime() - begin;
            if (i % 10 == 0) {
                theirs[i / 10] = unstoppable(target, source);
            }
        }
        print("cpu " + mode + ", copy of 256 MiB", ours);
        long[] measured = Arrays.copyOf(theirs, (times + 9) / 10);
        print("MemorySegment.copy, waited for", measured);
        ratio(measured, ours);
    }

    /** From the moment a tenth of it may be over until its end. */
    private static long unstoppable(MemorySegment target, MemorySegment source) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Thread copier =
                Thread.ofPlatform()
                        .start(() -> {
                            running.countDown();
                            target.copyFrom(source);
                        });
        running.await();
        Thread.sleep(1);
        long begin = System.nanoTime();
        copier.join();
        return System.nanoTime() - begin;
    }

    private void pipes(String engine, DmaChannel channel, MemorySegment memory) throws Exception {
        long[] ours = new long[PIPE_FACTOR * times];
        long[] theirs = new long[PIPE_FACTOR * times];
        for (int i = 0; i < ours.length; i++) {
            Pipe pipe = Pipe.open();
            channel.submit(
                    channel.prepPeripheralSg(
                            PeripheralConfig.read(Peripheral.of(pipe.source())), List.of(memory)));
            channel.issuePending();
            Thread.sleep(1);
            long begin = System.nanoTime();
            channel.terminateSync();
            ours[i] = System.nanoTime() - begin;
            pipe.source().close();
            pipe.sink().close();
            theirs[i] = closedUnderItsReader();
        }
        long[] warm = secondHalf(ours);
        print(engine + ", waiting pipe read", warm);
        long[] theirsWarm = secondHalf(theirs);
        print("pipe closed, its reader joined", theirsWarm);
        ratio(theirsWarm, warm);
    }

    /** What the compilers do at the beginning takes longer than what is measured. */
    private static long[] secondHalf(long[] nanos) {
        return Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
    }

    private static long closedUnderItsReader() throws Exception {
        Pipe pipe = Pipe.open();
        Thread reader = Thread.ofPlatform().start(() -> readUntilClosed(pipe));
        Thread.sleep(1);
        long begin = System.nanoTime();
        pipe.source().close();
        reader.join();
        long nanos = System.nanoTime() - begin;
        pipe.sink().close();
        return nanos;
    }

    private static void readUntilClosed(Pipe pipe) {
        try {
            int bytes = pipe.source().read(ByteBuffer.allocateDirect(4096));
            throw new IllegalStateException("nothing was written, and yet it read " + bytes);
        } catch (ClosedChannelException expected) {
            return;
        } catch (IOException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private static void awaitProgress(DmaChannel channel, long cookie) {
        while (channel.state(cookie) == TransferState.IN_PROGRESS
                && channel.status(cookie).residueBytes() == COPY_BYTES) {
            Thread.onSpinWait();
        }
    }

    private static void print(String name, long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        System.out.printf(
                "%-31s | %8.1f %8.1f %8.1f%n",
                name,
                sorted[sorted.length / 2] / 1e3,
                sorted[sorted.length * 99 / 100] / 1e3,
                sorted[sorted.length - 1] / 1e3);
    }

    private static void ratio(long[] theirs, long[] ours) {
        Arrays.sort(theirs);
        Arrays.sort(ours);
        System.out.printf(
                "  ratio of the medians %.2f (above 1: ours is sooner)%n",
                theirs[theirs.length / 2] / (double) ours[ours.length / 2]);
    }
}
