package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferState;
import org.dmaengine.testkit.GatedChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class PauseTest {
    private static final long LENGTH = 64L << 20;

    @Test
    @DisplayName("C13: a paused copy stands still, and goes on where it stood")
    void shouldKeepResidueStableWhilePaused() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY, Capability.PAUSE)) {
            MemorySegment source = bench.memory(LENGTH, 1);
            MemorySegment target = bench.memory(LENGTH, 2);
            Transfer transfer = CpuBench.issue(channel, channel.prepMemcpy(target, source));
            threads.step();
            channel.pause();
            long residue = channel.status(transfer.cookie()).residueBytes();
            assertThat(residue).isBetween(1L, LENGTH - 1);
            while (threads.step()) {
                // Whatever is still queued may run, and must not move a byte.
            }
            assertThat(channel.status(transfer.cookie()).state()).isEqualTo(TransferState.PAUSED);
            assertThat(channel.status(transfer.cookie()).residueBytes()).isEqualTo(residue);
            assertThat(target.mismatch(source)).isEqualTo(LENGTH - residue);
            channel.resume();
            while (threads.step()) {
                // To the end.
            }
            assertThat(transfer.await().isWhole()).isTrue();
            assertThat(target.mismatch(source)).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("C13: pause in the middle of a running copy waits for the chunk, not for the copy")
    void shouldPauseRunningCopy() {
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.MEMCPY, Capability.PAUSE)) {
            MemorySegment source = bench.memory(LENGTH, 1);
            MemorySegment target = bench.memory(LENGTH, 2);
            Transfer transfer = CpuBench.issue(channel, channel.prepMemcpy(target, source));
            for (int i = 0; i < 20; i++) {
                channel.pause();
                long residue = channel.status(transfer.cookie()).residueBytes();
                long there = residue == 0 ? -1 : LENGTH - residue;
                assertThat(target.mismatch(source)).isEqualTo(there);
                assertThat(channel.status(transfer.cookie()).residueBytes()).isEqualTo(residue);
                channel.resume();
            }
            assertThat(transfer.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("C13: pause does not return while a thread is inside a call that may move bytes")
    void shouldWaitForThreadThatMovesBytes() throws InterruptedException {
        GatedChannel gate = new GatedChannel();
        try (CpuBench bench = CpuBench.open();
                DmaChannel channel = bench.channel(Capability.PERIPHERAL, Capability.PAUSE)) {
            Transfer transfer =
                    CpuBench.issue(
                            channel,
                            channel.prepPeripheralSg(
                                    PeripheralConfig.read(new Peripheral.Blocking(gate)),
                                    List.of(bench.memory(10))));
            await().until(gate::isBlocked);
            Thread pauser = Thread.ofPlatform().daemon(true).start(channel::pause);
            await().until(() -> !pauser.isAlive() || pauser.getState() == Thread.State.WAITING);
            assertThat(pauser.isAlive()).as("the call has not returned").isTrue();
            gate.allow(4);
            assertThat(pauser.join(Duration.ofSeconds(20))).isTrue();
            gate.allow(3);

            assertThat(channel.status(transfer.cookie()).residueBytes()).isEqualTo(6);
            assertThat(gate.isBlocked()).as("nobody calls").isFalse();
            assertThat(gate.passed()).isEqualTo(4);
            channel.resume();
            gate.end();
            assertThat(transfer.await().bytes()).isEqualTo(7);
        }
    }

    @Test
    @DisplayName(
            "C4, C13: a paused copy is ended by the thread that terminates; then it runs again")
    void shouldTerminatePausedCopyWithoutWorker() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY, Capability.PAUSE)) {
            MemorySegment source = bench.memory(LENGTH, 1);
            MemorySegment target = bench.memory(LENGTH, 2);
            Transfer transfer = CpuBench.issue(channel, channel.prepMemcpy(target, source));
            threads.step();
            channel.pause();
            channel.terminateSync();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(target.mismatch(source)).isEqualTo(transfer.await().bytes());
            Transfer next =
                    CpuBench.issue(
                            channel,
                            channel.prepMemcpy(target.asSlice(0, 9), source.asSlice(0, 9)));
            threads.step();
            assertThat(next.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("P3: a queued copy that no worker is inside of is ended by the thread that aborts")
    void shouldEndQueuedCopyWithoutWorker() {
        SteppedCrew threads = new SteppedCrew();
        try (CpuBench bench = CpuBench.open(threads, "workers", "1");
                DmaChannel channel = bench.channel(Capability.MEMCPY)) {
            Transfer transfer =
                    CpuBench.issue(
                            channel,
                            channel.prepMemcpy(bench.memory(LENGTH), bench.memory(LENGTH)));
            threads.step();
            channel.terminateSync();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(transfer.await().bytes()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"workers", "inline"})
    @DisplayName("C3: a callback on the engine's own thread may terminate and start again")
    void shouldTerminateAndGoOnInsideCallback(String mode) {
        try (CpuBench bench = CpuBench.open("mode", mode);
                DmaChannel channel =
                        bench.engine.requestChannel(
                                ChannelRequest.of(Capability.MEMCPY)
                                        .withCallbackExecutor(Runnable::run))) {
            MemorySegment source = bench.pattern(100);
            MemorySegment target = bench.memory(100);
            AtomicInteger left = new AtomicInteger(10_000);
            copyAgain(channel, target, source, left);
            channel.issuePending();
            await().until(() -> left.get() == 0);
        }
    }

    private static void copyAgain(
            DmaChannel channel, MemorySegment target, MemorySegment source, AtomicInteger left) {
        channel.tryMemcpy(
                target,
                0,
                source,
                0,
                100,
                (cookie, outcome, bytes) -> {
                    int now = left.decrementAndGet();
                    if (now % 100 == 1) {
                        channel.terminateAsync();
                    }
                    if (now > 0) {
                        copyAgain(channel, target, source, left);
                        channel.issuePending();
                    }
                });
    }
}
