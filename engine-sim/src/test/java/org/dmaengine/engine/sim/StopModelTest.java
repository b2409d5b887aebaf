package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineLostException;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Receipt;
import org.dmaengine.StillOwned;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.spi.EngineProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Each way of stopping: when the transfer ends, with how many bytes, and what was withdrawn. */
class StopModelTest {
    private static final long LENGTH = 10_000;
    // In the middle of the third burst.
    private static final long STOP_AT = 3_500;

    private static SimModel model(StopModel stop, long stopNanos) {
        return SimBench.MODEL.withStop(stop, stopNanos).withWatchdog(1_000_000);
    }

    /** What became of one that ran and of one that was pulled and waited. */
    private record Stopped(TransferResult running, TransferResult waiting, long atNanos) {
        static Stopped by(SimBench bench) {
            MemorySegment target = bench.target(LENGTH);
            Transfer running = bench.copy(bench.channel, target, LENGTH);
            Transfer waiting = bench.copy(LENGTH);
            bench.advance(STOP_AT);
            bench.channel.terminateSync();
            TransferResult result = running.result().orElseThrow();
            SimBench.assertCopied(target, result.bytes());
            return new Stopped(result, waiting.result().orElseThrow(), bench.now());
        }

        void assertRunning(Outcome outcome, long bytes) {
            assertThat(running.outcome()).isEqualTo(outcome);
            assertThat(running.bytes()).isEqualTo(bytes);
        }

        void assertWithdrawn() {
            assertThat(waiting.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(waiting.bytes()).isZero();
        }
    }

    @Test
    void shouldStopAtOnce() {
        try (SimBench bench = new SimBench(model(StopModel.AT_ONCE, 0), FaultPlan.none())) {
            Stopped stopped = Stopped.by(bench);
            stopped.assertRunning(Outcome.ABORTED, 3_000);
            stopped.assertWithdrawn();
            // The one that waited ends through the usual path.
            assertThat(stopped.atNanos).isEqualTo(STOP_AT + 500);
        }
    }

    @Test
    void shouldEndInsideTheAbortCall() {
        try (SimBench bench = new SimBench(model(StopModel.AT_ONCE, 0), FaultPlan.none())) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(STOP_AT);
            bench.channel.terminateAsync();
            assertThat(transfer.result()).isPresent();
            assertThat(bench.now()).isEqualTo(STOP_AT);
        }
    }

    @Test
    void shouldStopAtABurst() {
        try (SimBench bench = new SimBench(model(StopModel.AT_BURST, 0), FaultPlan.none())) {
            Stopped stopped = Stopped.by(bench);
            stopped.assertRunning(Outcome.ABORTED, 4_000);
            stopped.assertWithdrawn();
            assertThat(stopped.atNanos).isEqualTo(4_000 + 500);
        }
    }

    @Test
    @DisplayName("memory that is used again before its transfer has ended is overwritten")
    void shouldWriteWhatIsUsedAgainTooEarly() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            MemorySegment target = bench.target(LENGTH);
            bench.copy(bench.channel, target, LENGTH);
            bench.advance(STOP_AT);
            bench.channel.terminateAsync();
            target.fill((byte) 0x77);
            bench.advance(LENGTH);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 2_999)).isEqualTo((byte) 0x77);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 3_000)).isEqualTo(SimBench.byteAt(3_000));
            assertThat(target.get(ValueLayout.JAVA_BYTE, 4_000)).isEqualTo((byte) 0x77);
        }
    }

    @Test
    @DisplayName("C4: a stop before the first burst lets that one come, and no other")
    void shouldStopBeforeTheFirstBurst() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(500);
            bench.channel.terminateSync();
            assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(bench.touches).containsExactly("first/1 0+1000 at 1000");
        }
    }

    @Test
    @DisplayName("C4: what was told to stop, and finds no data at its burst, waits for none")
    void shouldNotWaitForDataOnceStopped() {
        try (SimBench bench = new SimBench(SimBench.MODEL, FaultPlan.none())) {
            Transfer transfer =
                    bench.channel.submit(
                            bench.channel.prepPeripheralSg(
                                    PeripheralConfig.read(Peripheral.of(new SimDevice())),
                                    List.of(bench.target(1_000))));
            bench.channel.issuePending();
            bench.advance(500);
            bench.channel.terminateSync();
            assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(bench.now()).isEqualTo(1_000 + 500);
        }
    }

    @Test
    @DisplayName("C5, C13: a pause that follows a termination does not swallow the stop")
    void shouldStopThoughPausedMeanwhile() {
        for (long stopAt = 0; stopAt <= LENGTH + 1_000; stopAt += 250) {
            long seed = stopAt + 1;
            try (SimBench bench = new SimBench(seed, SimBench.MODEL, FaultPlan.none())) {
                MemorySegment target = bench.target(LENGTH);
                Transfer transfer = bench.copy(bench.channel, target, LENGTH);
                bench.advance(stopAt);
                bench.channel.terminateAsync();
                bench.channel.pause();
                int touches = bench.touches.size();
                assertThat(bench.channel.synchronize(Duration.ofSeconds(1)).isQuiesced())
                        .as("stopped at %d", stopAt)
                        .isTrue();
                assertThat(bench.touches).as("under the pause").hasSize(touches);
                SimBench.assertCopied(target, transfer.result().orElseThrow().bytes());
            }
        }
    }

    @Test
    void shouldStopAtTheEndOfTheDescriptor() {
        SimModel model = model(StopModel.AT_DESCRIPTOR_END, 0);
        try (SimBench bench = new SimBench(model, FaultPlan.none())) {
            Stopped stopped = Stopped.by(bench);
            stopped.assertRunning(Outcome.COMPLETE, LENGTH);
            stopped.assertWithdrawn();
            assertThat(stopped.atNanos).isEqualTo(1_000 + LENGTH + 500);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NEVER")
    @DisplayName("C5: a stop that comes after the last burst finds the transfer complete")
    void shouldFindItComplete(StopModel stop) {
        try (SimBench bench = new SimBench(model(stop, 0), FaultPlan.none())) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(LENGTH + 500);
            assertThat(bench.touches).hasSize(10);
            bench.channel.terminateSync();
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("R16: the stop is acknowledged later, and bytes move until then")
    void shouldAcknowledgeLater() {
        SimModel model = model(StopModel.ACKNOWLEDGED, 2_200);
        try (SimBench bench = new SimBench(model, FaultPlan.none())) {
            Stopped stopped = Stopped.by(bench);
            stopped.assertRunning(Outcome.ABORTED, 5_000);
            stopped.assertWithdrawn();
            assertThat(stopped.atNanos).isEqualTo(STOP_AT + 2_200 + 500);
        }
    }

    @Test
    @DisplayName("R16, C5: what completes before its stop is acknowledged is COMPLETE")
    void shouldCompleteBeforeTheStop() {
        SimModel model = model(StopModel.ACKNOWLEDGED, 50_000);
        try (SimBench bench = new SimBench(model, FaultPlan.none())) {
            Stopped stopped = Stopped.by(bench);
            stopped.assertRunning(Outcome.COMPLETE, LENGTH);
        }
    }

    @Test
    void shouldDrain() {
        try (SimBench bench = new SimBench(model(StopModel.DRAIN_ONLY, 0), FaultPlan.none())) {
            Stopped stopped = Stopped.by(bench);
            stopped.assertRunning(Outcome.COMPLETE, LENGTH);
            assertThat(stopped.waiting.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(stopped.atNanos).isGreaterThan(2 * LENGTH);
        }
    }

    @Test
    @DisplayName("R34, C7: a stop that is refused is told, and waited for all the same")
    void shouldRefuse() {
        try (SimBench bench = new SimBench(model(StopModel.REFUSES, 0), FaultPlan.none())) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(STOP_AT);
            Receipt receipt = bench.channel.terminateSync();
            assertThat(receipt.abortError()).isPresent();
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_THREW);
        }
    }

    @Test
    @DisplayName("C12: what never stops writes on, until it is healed")
    void shouldNeverStop() {
        try (SimBench bench = new SimBench(model(StopModel.NEVER, 0), FaultPlan.none())) {
            MemorySegment target = bench.target(LENGTH);
            Transfer transfer = bench.copy(bench.channel, target, LENGTH);
            bench.advance(STOP_AT);
            assertThat(bench.channel.terminateSync(Duration.ofNanos(10_000)))
                    .isInstanceOf(StillOwned.class);
            assertThatThrownBy(bench.channel::synchronize).isInstanceOf(EngineLostException.class);
            assertThat(bench.engine.quarantine()).hasSize(1);
            for (int i = 0; i < 3; i++) {
                target.fill((byte) 0x77);
                bench.advance(Duration.ofMillis(10).toNanos());
                assertThat(target.get(ValueLayout.JAVA_BYTE, 2_000))
                        .as("rewritten")
                        .isEqualTo(SimBench.byteAt(2_000));
                assertThat(target.get(ValueLayout.JAVA_BYTE, 3_000)).isEqualTo((byte) 0x77);
            }
            bench.hardware.heal();
            bench.advance(1_000);
            assertThat(transfer.result().orElseThrow().bytes()).isEqualTo(3_000);
            assertThat(bench.engine.quarantine()).isEmpty();
            target.fill((byte) 0x77);
            bench.advance(Duration.ofMillis(100).toNanos());
            assertThat(target.get(ValueLayout.JAVA_BYTE, 2_000)).isEqualTo((byte) 0x77);
        }
    }

    @Test
    @DisplayName("C12: what never stops writes on also where the bytes came from a device")
    void shouldNeverStopReadingADevice() {
        SimDevice device = new SimDevice().supply(3_000, 0);
        try (SimBench bench = new SimBench(model(StopModel.NEVER, 0), FaultPlan.none())) {
            MemorySegment target = bench.target(LENGTH);
            bench.channel.submit(
                    bench.channel.prepPeripheralSg(
                            PeripheralConfig.read(Peripheral.of(device)),
                            List.of(target.asSlice(0, 1_500), target.asSlice(1_500))));
            assertRewritten(bench, target, 2_500, (byte) 2_500);
            assertThat(device.produced()).isEqualTo(3_000);
        }
    }

    @Test
    @DisplayName("C12: what is cyclic and never stops writes on, in its last period")
    void shouldNeverStopInARing() {
        SimDevice device = new SimDevice().supply(3_000, 0);
        try (SimBench bench = new SimBench(model(StopModel.NEVER, 0), FaultPlan.none())) {
            MemorySegment ring = bench.target(2_000);
            bench.channel.submit(
                    bench.channel.prepCyclic(
                            PeripheralConfig.read(Peripheral.of(device)).freeRunning(),
                            ring,
                            500,
                            event -> {}));
            assertRewritten(bench, ring, 500, (byte) 2_500);
        }
    }

    /** In the last burst, though it is used again; until it is healed. */
    private static void assertRewritten(
            SimBench bench, MemorySegment memory, long offset, byte expected) {
        bench.channel.issuePending();
        bench.advance(LENGTH);
        assertThatThrownBy(bench.channel::terminateSync).isInstanceOf(EngineLostException.class);
        for (int i = 0; i < 3; i++) {
            memory.fill((byte) 0x77);
            bench.advance(Duration.ofMillis(10).toNanos());
            assertThat(memory.get(ValueLayout.JAVA_BYTE, offset)).isEqualTo(expected);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, offset - 1)).isEqualTo((byte) 0x77);
        }
        bench.hardware.heal();
        bench.advance(1_000);
        memory.fill((byte) 0x77);
        bench.advance(Duration.ofMillis(100).toNanos());
        assertThat(memory.get(ValueLayout.JAVA_BYTE, offset)).isEqualTo((byte) 0x77);
    }

    @Test
    @DisplayName("C12: what never stops reads on where it writes to a device, and tells it nothing")
    void shouldNeverStopWritingADevice() {
        SimDevice device = new SimDevice().supply(0, 3_000);
        List<Long> read = new ArrayList<>();
        SimObserver observer =
                new SimObserver() {
                    @Override
                    public void touching(
                            String channel,
                            long ticket,
                            MemorySegment memory,
                            long offsetBytes,
                            long lengthBytes,
                            boolean written) {
                        assertThat(written).isFalse();
                        read.add(offsetBytes);
                    }
                };
        SimEngine hardware = new SimEngine(model(StopModel.NEVER, 0), FaultPlan.none(), observer);
        try (Simulation simulation = new Simulation(1);
                DmaArena arena = DmaArena.open();
                DmaEngine engine =
                        DmaEngines.open(
                                hardware, EngineOptions.defaults().withScheduler(simulation))) {
            DmaChannel channel = engine.requestChannel(Capability.PERIPHERAL);
            channel.submit(
                    channel.prepPeripheralSg(
                            PeripheralConfig.write(Peripheral.of(device)),
                            List.of(arena.allocate(LENGTH))));
            channel.issuePending();
            simulation.advance(LENGTH);
            assertThatThrownBy(channel::terminateSync).isInstanceOf(EngineLostException.class);
            assertThat(read).startsWith(0L, 1_000L, 2_000L).endsWith(2_000L, 2_000L);
            assertThat(device.consumed()).isEqualTo(3_000);
            hardware.heal();
            simulation.advance(1_000);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NEVER")
    @DisplayName("P6: what waits for data ends as its row says")
    void shouldStopBlockedStream(StopModel stop) {
        AbortEffect declared = row(stop, OperationKind.STREAM);
        try (SimBench bench = new SimBench(model(stop, 100), FaultPlan.none())) {
            SimDevice device = new SimDevice().supply(100, 0);
            MemorySegment target = bench.target(1_000);
            Transfer transfer =
                    bench.channel.submit(
                            bench.channel.prepPeripheralSg(
                                    PeripheralConfig.read(Peripheral.of(device)), List.of(target)));
            bench.channel.issuePending();
            bench.advance(STOP_AT);
            boolean quiet = bench.channel.terminateSync(Duration.ofMillis(1)).isQuiesced();
            assertThat(quiet).isEqualTo(declared == AbortEffect.AT_ONCE);
            device.supply(900, 0);
            bench.channel.synchronize();
            assertThat(transfer.result().orElseThrow().bytes()).isEqualTo(quiet ? 100 : 1_000);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NEVER")
    @DisplayName("P6: what is cyclic stops under each model, for it has no end to wait for")
    void shouldStopCyclic(StopModel stop) {
        assertThat(row(stop, OperationKind.CYCLIC)).isEqualTo(AbortEffect.AT_ONCE);
        try (SimBench bench = new SimBench(model(stop, 100), FaultPlan.none())) {
            Transfer transfer =
                    bench.channel.submit(
                            bench.channel.prepCyclic(
                                    PeripheralConfig.read(Peripheral.of(new SimDevice())),
                                    bench.target(1_000),
                                    100,
                                    event -> {}));
            bench.channel.issuePending();
            bench.advance(STOP_AT);
            bench.channel.terminateSync();
            assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("P6: a copy that runs ends as its row says")
    void shouldDeclareWhatItDoes(StopModel stop) {
        AbortEffect declared = row(stop, OperationKind.MEMCPY);
        try (SimBench bench = new SimBench(model(stop, 100), FaultPlan.none())) {
            Transfer running = bench.copy(LENGTH);
            Transfer waiting = bench.copy(LENGTH);
            bench.advance(STOP_AT);
            bench.channel.terminateSync(Duration.ofMillis(1));
            boolean stopped = isAborted(running);
            boolean withdrawn = isAborted(waiting);
            boolean expectStop =
                    declared == AbortEffect.AT_ONCE || declared == AbortEffect.CHUNK_BOUNDARY;
            assertThat(stopped).as("what ran was stopped").isEqualTo(expectStop);
            assertThat(withdrawn)
                    .as("what had not begun was withdrawn")
                    .isEqualTo(declared != AbortEffect.DRAIN_ONLY);
        }
    }

    private static boolean isAborted(Transfer transfer) {
        return transfer.result().filter(each -> each.outcome() == Outcome.ABORTED).isPresent();
    }

    private static AbortEffect row(StopModel stop, OperationKind kind) {
        EngineProvider.Probe probe = new SimEngine(model(stop, 0), FaultPlan.none()).probe();
        return ((EngineProvider.Probe.Available) probe)
                .description()
                .termination()
                .get(kind)
                .effect();
    }
}
