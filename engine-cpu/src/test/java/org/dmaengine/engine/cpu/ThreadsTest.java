package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaChannel;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

class ThreadsTest {
    private static final int TRANSFERS = 100_000;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static List<Thread> threadsNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .toList();
    }

    @Test
    void shouldNameWorkersByRoleAndEndThem() {
        try (CpuBench bench = CpuBench.open("workers", "2");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(100);
            CpuBench.issue(channel, channel.prepMemcpy(bench.memory(100), source)).await();
            Set<String> names =
                    threadsNamed("dma-cpu").stream()
                            .map(Thread::getName)
                            .collect(Collectors.toSet());
            assertThat(names).contains("dma-cpu-worker-0");
            assertThat(names).allMatch(name -> name.matches("dma-cpu-worker-[01]"));
        }
        await().until(() -> threadsNamed("dma-cpu").isEmpty());
    }

    @Test
    @DisplayName("an idle engine uses no processor time")
    void shouldSleepWhenIdle() {
        try (CpuBench bench = CpuBench.open("workers", "2");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(100);
            CpuBench.issue(channel, channel.prepMemcpy(bench.memory(100), source)).await();
            await().until(() ->
                    threadsNamed("dma-cpu").stream()
                            .allMatch(thread -> thread.getState() == Thread.State.WAITING));
        }
    }

    @Test
    @DisplayName("10,000 channels share two workers, and none is forgotten")
    void shouldServeTenThousandChannelsOnTwoWorkers() {
        int channels = 10_000;
        try (CpuBench bench = CpuBench.open("workers", "2")) {
            MemorySegment source = bench.pattern(1000);
            MemorySegment target = bench.memory(1000L * channels);
            List<DmaChannel> all = new ArrayList<>();
            for (int i = 0; i < channels; i++) {
                all.add(
                        bench.engine.requestChannel(
                                ChannelRequest.of(Capability.MEMCPY).withDepth(4)));
            }
            List<Transfer> last = new ArrayList<>();
            for (int i = 0; i < channels; i++) {
                DmaChannel channel = all.get(i);
                MemorySegment mine = target.asSlice(1000L * i, 1000);
                channel.tryMemcpy(mine, 0, source, 0, 500);
                last.add(
                        CpuBench.issue(
                                channel,
                                channel.prepMemcpy(mine.asSlice(500), source.asSlice(500, 500))));
            }
            last.forEach(transfer -> assertThat(transfer.await().isWhole()).isTrue());
            for (int i = 0; i < channels; i++) {
                assertThat(target.asSlice(1000L * i, 1000).mismatch(source)).isEqualTo(-1);
            }
            assertThat(threadsNamed("dma-cpu-worker")).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    @DisplayName("a long copy shares its worker: others are served between its turns")
    void shouldServeShortCopyBesideLongOne() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel longs = bench.channel(Capability.MEMCPY);
                DmaChannel shorts = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.memory(64L << 20, 1);
            Transfer slow =
                    CpuBench.issue(longs, longs.prepMemcpy(bench.memory(64L << 20), source));
            threads.step();
            Transfer quick =
                    CpuBench.issue(
                            shorts, shorts.prepMemcpy(bench.memory(10), source.asSlice(0, 10)));
            threads.step();
            threads.step();
            assertThat(quick.result()).isPresent();
            assertThat(slow.result()).isEmpty();
            while (threads.step()) {
                // To the end.
            }
            assertThat(slow.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("the end of a long copy does not lengthen its turn: others are served before long")
    void shouldServeShortCopyBetweenLongOnes() {
        long length = 64L << 20;
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel longs = bench.channel(Capability.MEMCPY);
                DmaChannel shorts = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.memory(length, 1);
            MemorySegment target = bench.memory(length);
            Transfer first = CpuBench.issue(longs, longs.prepMemcpy(target, source));
            Transfer second = CpuBench.issue(longs, longs.prepMemcpy(target, source));
            while (first.result().isEmpty()) {
                threads.step();
            }
            Transfer quick =
                    CpuBench.issue(
                            shorts, shorts.prepMemcpy(bench.memory(10), source.asSlice(0, 10)));
            threads.step();
            threads.step();
            assertThat(quick.result()).isPresent();
            assertThat(longs.status(second.cookie()).residueBytes())
                    .as("a few turns of 1 MiB, and of a chunk at most")
                    .isGreaterThan(length - (16L << 20));
            while (threads.step()) {
                // To the end.
            }
            assertThat(second.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("no allocation per transfer, neither on the client's thread nor on the worker")
    void shouldNotAllocatePerTransfer() {
        for (String mode : List.of("workers", "inline")) {
            try (CpuBench bench = CpuBench.open("mode", mode, "workers", "1");
                    DmaChannel channel =
                            bench.engine.requestChannel(
                                    ChannelRequest.of(Capability.MEMCPY)
                                            .withCallbackExecutor(Runnable::run))) {
                Burst burst = new Burst(channel, bench.pattern(4096), bench.memory(4096));
                burst.run(TRANSFERS);
                List<Thread> threads = new ArrayList<>(threadsNamed("dma-cpu-worker"));
                threads.add(Thread.currentThread());
                long before = allocatedBytes(threads);
                burst.run(TRANSFERS);
                double perTransfer = (double) (allocatedBytes(threads) - before) / TRANSFERS;
                // The compiler leaves a little behind while it still warms up; an object has 16.
                assertThat(perTransfer).as("bytes per transfer, mode %s", mode).isLessThan(4);
            }
        }
    }

    private static long allocatedBytes(List<Thread> threads) {
        long sum = 0;
        for (Thread thread : threads) {
            sum += THREADS.getThreadAllocatedBytes(thread.threadId());
        }
        return sum;
    }

    /** Copies with a callback, a few at a time in flight. */
    private static final class Burst {
        private final DmaChannel channel;
        private final MemorySegment source;
        private final MemorySegment target;
        private final AtomicLong over = new AtomicLong();
        private final CookieCallback count = (cookie, outcome, bytes) -> over.incrementAndGet();

        Burst(DmaChannel channel, MemorySegment source, MemorySegment target) {
            this.channel = channel;
            this.source = source;
            this.target = target;
        }

        void run(int transfers) {
            long end = over.get() + transfers;
            int submitted = 0;
            while (over.get() < end) {
                boolean any = false;
                for (int i = 0; i < 16 && submitted < transfers; i++) {
                    if (channel.tryMemcpy(target, 0, source, 0, 256, count) == 0) {
                        break;
                    }
                    submitted++;
                    any = true;
                }
                if (any) {
                    channel.issuePending();
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
