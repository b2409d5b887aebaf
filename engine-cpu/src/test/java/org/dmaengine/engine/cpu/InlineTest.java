package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineInfo;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class InlineTest {
    @Test
    @DisplayName("mode inline: a small copy is over when issuePending returns, without any thread")
    void shouldCopySmallOnesInsideDoorbell() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "mode", "inline");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(64 << 10);
            MemorySegment target = bench.memory(64 << 10);
            Transfer transfer = CpuBench.issue(channel, channel.prepMemcpy(target, source));
            assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(target.mismatch(source)).isEqualTo(-1);
            assertThat(threads.workers()).isZero();
        }
    }

    @Test
    @DisplayName("P2: a doorbell does a bounded piece of work; the rest goes to the workers")
    void shouldPassLongAndManyToWorkers() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "mode", "inline", "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(1 << 20);
            MemorySegment target = bench.memory(1 << 20);
            Transfer big = CpuBench.issue(channel, channel.prepMemcpy(target, source));
            assertThat(big.result()).isEmpty();
            stepAll(threads);
            assertThat(big.await().isWhole()).isTrue();
            List<Transfer> many = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                many.add(
                        channel.submit(
                                channel.prepMemcpy(target.asSlice(0, 8), source.asSlice(0, 8))));
            }
            channel.issuePending();
            long over = many.stream().filter(transfer -> transfer.result().isPresent()).count();
            assertThat(over).isBetween(1L, 499L);
            stepAll(threads);
            many.forEach(transfer -> assertThat(transfer.await().isWhole()).isTrue());
        }
    }

    private static void stepAll(SteppedCrew threads) {
        while (threads.step()) {
            // Until nothing is queued.
        }
    }

    @Test
    @DisplayName("P2: threads that ring at once neither wait for one another nor lose a transfer")
    void shouldLetManyThreadsRingOneChannel() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        AtomicInteger over = new AtomicInteger();
        try (CpuBench bench = CpuBench.open("mode", "inline");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            MemorySegment source = bench.pattern(64);
            MemorySegment target = bench.memory(64);
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                clients.add(
                        Thread.ofPlatform()
                                .start(() -> ringOften(channel, target, source, each, over, go)));
            }
            go.countDown();
            for (Thread client : clients) {
                client.join();
            }
            channel.drain();
            assertThat(over.get()).isEqualTo(threads * each);
        }
    }

    private static void ringOften(
            DmaChannel channel,
            MemorySegment target,
            MemorySegment source,
            int count,
            AtomicInteger over,
            CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
        for (int i = 0; i < count; ) {
            long cookie =
                    channel.tryMemcpy(
                            target,
                            0,
                            source,
                            0,
                            64,
                            (itsCookie, outcome, bytes) -> over.incrementAndGet());
            i += cookie != 0 ? 1 : 0;
            channel.issuePending();
        }
    }

    @Test
    @DisplayName("a chain of doorbells through callbacks does not grow the stack")
    void shouldNotNestDoorbells() {
        int channels = 3000;
        try (CpuBench bench = CpuBench.open("mode", "inline")) {
            MemorySegment source = bench.pattern(64);
            MemorySegment target = bench.memory(64);
            List<DmaChannel> all = new ArrayList<>();
            for (int i = 0; i < channels; i++) {
                all.add(
                        bench.engine.requestChannel(
                                ChannelRequest.of(Capability.MEMCPY)
                                        .withDepth(2)
                                        .withCallbackExecutor(Runnable::run)));
            }
            CountDownLatch last = new CountDownLatch(channels);
            for (int i = 0; i < channels; i++) {
                DmaChannel next = i + 1 < channels ? all.get(i + 1) : null;
                all.get(i)
                        .tryMemcpy(
                                target,
                                0,
                                source,
                                0,
                                64,
                                (cookie, outcome, bytes) -> {
                                    last.countDown();
                                    if (next != null) {
                                        next.issuePending();
                                    }
                                });
            }
            all.getFirst().issuePending();
            org.awaitility.Awaitility.await().until(() -> last.getCount() == 0);
        }
    }

    @Test
    void shouldRefuseUnknownOptionsAndValues() {
        assertThatThrownBy(() -> CpuBench.open("wokers", "2").close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wokers");
        assertThatThrownBy(() -> CpuBench.open("mode", "fast").close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("inline");
        assertThatThrownBy(() -> CpuBench.open("workers", "0").close())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("P6: found by ServiceLoader, with a row for every operation")
    void shouldDeclareEveryOperation() {
        EngineInfo cpu =
                DmaEngines.list().stream()
                        .filter(info -> info.name().equals("cpu"))
                        .findFirst()
                        .orElseThrow();
        var rows = cpu.description().orElseThrow().termination();
        assertThat(rows).containsOnlyKeys(OperationKind.values());
        assertThat(rows.get(OperationKind.BLOCKING).effect()).isEqualTo(AbortEffect.DRAIN_ONLY);
        assertThat(rows.get(OperationKind.STREAM).effect()).isEqualTo(AbortEffect.AT_ONCE);
    }
}
