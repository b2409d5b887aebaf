import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineOptions;
import org.dmaengine.TransferState;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What a copy of 64 bytes costs through the full API, beside a single-threaded ExecutorService that
 * copies the same: one producer, pipelined, ours and the baseline in turn, medians of the turns.
 */
final class DescriptorBench {
    private static final int TURNS = 7;
    private static final int SLOTS = 512;
    private static final int BYTES = 64;

    private final DmaArena arena = DmaArena.open();
    private final MemorySegment source = arena.allocate((long) SLOTS * BYTES, 64);
    private final MemorySegment target = arena.allocate((long) SLOTS * BYTES, 64);

    public static void main(String[] arguments) throws Exception {
        long copies = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        System.out.println("engine workers callback burst |  ours ns  executor ns  ratio");
        new DescriptorBench().all(copies);
    }

    private void all(long copies) throws InterruptedException {
        for (String mode : new String[] {"workers", "inline"}) {
            for (String callback : new String[] {"none", "at once", "threads"}) {
                for (int burst : new int[] {32, 1}) {
                    compare(mode, callback, burst, copies);
                }
            }
        }
        arena.close();
    }

    private void compare(String mode, String callback, int burst, long copies)
            throws InterruptedException {
        EngineOptions options = EngineOptions.defaults().with("mode", mode).with("workers", "1");
        ChannelRequest request = ChannelRequest.of(Capability.MEMCPY);
        if (callback.equals("at once")) {
            request = request.withCallbackExecutor(Runnable::run);
        }
        double[] ours = new double[TURNS];
        double[] theirs = new double[TURNS];
        double[] ratios = new double[TURNS];
        try (DmaEngine engine = DmaEngines.open("cpu", options);
                DmaChannel channel = engine.requestChannel(request);
                ExecutorService executor = Executors.newSingleThreadExecutor()) {
            for (int turn = -2; turn < TURNS; turn++) {
                double mine = nanosEach(copies, () -> copyOurs(channel, callback, burst, copies));
                double other = nanosEach(copies / 4, () -> copyTheirs(executor, copies / 4));
                if (turn >= 0) {
                    ours[turn] = mine;
                    theirs[turn] = other;
                    ratios[turn] = other / mine;
                }
            }
        }
        System.out.printf(
                "cpu %-8s %-8s %5d | %8.1f %12.1f %6.2f%n",
                mode, callback, burst, median(ours), median(theirs), median(ratios));
    }

    private long copyOurs(DmaChannel channel, String callback, int burst, long copies) {
        long[] called = new long[1];
        CookieCallback count = (cookie, outcome, bytes) -> called[0] += bytes;
        boolean quiet = callback.equals("none");
        long last = 0;
        for (long done = 0; done < copies; done += burst) {
            for (int i = 0; i < burst; i++) {
                long offset = (done + i) % SLOTS * BYTES;
                do {
                    last =
                            quiet
                                    ? channel.tryMemcpy(target, offset, source, offset, BYTES)
                                    : channel.tryMemcpy(
                                            target, offset, source, offset, BYTES, count);
                } while (last == 0);
            }
            channel.issuePending();
        }
        while (channel.state(last) != TransferState.COMPLETE) {
            Thread.onSpinWait();
        }
        channel.drain();
        return called[0];
    }

    private long copyTheirs(ExecutorService executor, long copies) {
        AtomicLong done = new AtomicLong();
        for (long i = 0; i < copies; i++) {
            long offset = i % SLOTS * BYTES;
            executor.execute(() -> {
                MemorySegment.copy(source, offset, target, offset, BYTES);
                done.setRelease(done.getPlain() + 1);
            });
        }
        while (done.getAcquire() < copies) {
            Thread.onSpinWait();
        }
        return copies;
    }

    private static double nanosEach(long copies, LongSupplier work) {
        long begin = System.nanoTime();
        work.getAsLong();
        return (System.nanoTime() - begin) / (double) copies;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
