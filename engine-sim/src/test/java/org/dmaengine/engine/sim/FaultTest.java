package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.Capability;
import org.dmaengine.EngineLostException;
import org.dmaengine.EngineUnavailableException;
import org.dmaengine.Fault;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quarantine;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;

/** Each fault, at its time, with its effect and with no other. */
class FaultTest {
    private static final long LENGTH = 4_000;
    // Latency, four bursts, and the entry.
    private static final long END_NANOS = 1_000 + LENGTH + 500;
    private static final SimModel MODEL = SimBench.MODEL;

    private static SimBench with(SimFault fault) {
        return new SimBench(MODEL, FaultPlan.none().on(1, fault));
    }

    private static SimBench with(SimModel model, SimFault fault) {
        return new SimBench(model, FaultPlan.none().on(1, fault));
    }

    @Test
    void shouldEndInTimeWithoutFault() {
        try (SimBench bench = new SimBench(MODEL, FaultPlan.none())) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(END_NANOS);
            assertThat(bench.touches)
                    .containsExactly(
                            "first/1 0+1000 at 1000",
                            "first/1 1000+1000 at 2000",
                            "first/1 2000+1000 at 3000",
                            "first/1 3000+1000 at 4000");
        }
    }

    @Test
    void shouldCompleteLate() {
        SimFault fault = new SimFault.LateCompletion(70_000);
        try (SimBench bench = with(fault)) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(END_NANOS + 70_000);
            assertThat(bench.touches.getLast()).as("the last touch").endsWith("at 4000");
            assertThat(bench.happened).containsExactly(fault);
        }
    }

    @Test
    void shouldFindALostCompletion() {
        SimModel model = MODEL.withWatchdog(1_000_000);
        try (SimBench bench = with(model, new SimFault.LostCompletion())) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(END_NANOS - 500 + 1_000_000);
            assertThat(bench.faults).isEmpty();
        }
    }

    @Test
    void shouldFindALostCompletionOfWhatWasStopped() {
        SimModel model = MODEL.withWatchdog(1_000_000);
        try (SimBench bench = with(model, new SimFault.LostCompletion())) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(2_500);
            bench.channel.terminateSync();
            assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(bench.now()).isEqualTo(3_000 + 1_000_000);
        }
    }

    @Test
    void shouldHealALostCompletion() {
        try (SimBench bench = with(new SimFault.LostCompletion())) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(1_000_000);
            assertThat(transfer.result()).isEmpty();
            bench.hardware.heal();
            bench.advance(10);
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("P4: a completion twice is reported, and changes nothing")
    void shouldCompleteTwice() {
        for (long nanos : new long[] {0, 5_000}) {
            try (SimBench bench = with(new SimFault.DuplicateCompletion(nanos))) {
                TransferResult result = bench.copy(LENGTH).await();
                bench.advance(nanos + 10);
                assertThat(result.isWhole()).isTrue();
                assertThat(bench.ended).containsExactly(1L, 1L);
                assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
                assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("P4: the second completion of a transfer never ends the next one")
    void shouldNotEndAnotherByCompletingTwice() {
        try (SimBench bench = with(new SimFault.DuplicateCompletion(2_000))) {
            bench.copy(LENGTH).await();
            Transfer next = bench.copy(LENGTH);
            bench.advance(2_010);
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
            assertThat(next.result()).isEmpty();
            assertThat(next.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("P4: a second completion comes though its channel is closed by then")
    void shouldCompleteTwiceThoughClosed() {
        try (SimBench bench = with(new SimFault.DuplicateCompletion(5_000))) {
            bench.copy(LENGTH).await();
            bench.channel.close();
            bench.advance(5_010);
            assertThat(bench.ended).containsExactly(1L, 1L);
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
        }
    }

    @Test
    @DisplayName("P4: what ends inside the abort call tells the false ends of its fault too")
    void shouldTellFalseEndsInsideTheAbortCall() {
        SimModel model = MODEL.withStop(StopModel.AT_ONCE, 0);
        for (SimFault fault :
                List.of(
                        new SimFault.DuplicateCompletion(0),
                        new SimFault.DuplicateCompletion(5_000),
                        new SimFault.OldCompletion(),
                        new SimFault.SpuriousCompletion())) {
            FaultPlan plan = FaultPlan.none().on(2, fault);
            try (SimBench bench = new SimBench(model, plan)) {
                bench.copy(LENGTH).await();
                Transfer second = bench.copy(LENGTH);
                bench.advance(2_500);
                bench.channel.terminateSync();
                assertThat(second.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
                bench.advance(10_000);
                assertThat(bench.happened).containsExactly(fault);
                assertThat(bench.ended).as("%s", fault).hasSize(3);
                assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
            }
        }
    }

    @Test
    void shouldCompleteBehindALaterOne() {
        try (SimBench bench = with(new SimFault.ReorderedCompletion(1_000_000))) {
            Transfer first = bench.copy(LENGTH);
            Transfer second = bench.copy(LENGTH);
            assertThat(first.await().isWhole()).isTrue();
            assertThat(second.await().isWhole()).isTrue();
            assertThat(bench.ended).containsExactly(2L, 1L);
            assertThat(bench.now()).isLessThan(1_000_000);
        }
    }

    @Test
    void shouldCompleteInTheEndThoughNoneIsLater() {
        try (SimBench bench = with(new SimFault.ReorderedCompletion(1_000_000))) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(END_NANOS + 1_000_000);
        }
    }

    @Test
    @DisplayName("P4: a completion for nobody is reported, and changes nothing")
    void shouldCompleteWhatNobodyHas() {
        try (SimBench bench = with(new SimFault.SpuriousCompletion())) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
            assertThat(bench.faults.getFirst().message()).contains("never handed out");
        }
    }

    @Test
    @DisplayName("P4 (E8): a completion of an old generation is reported, and changes nothing")
    void shouldCompleteWhatIsOld() {
        FaultPlan plan = FaultPlan.none().on(2, new SimFault.OldCompletion());
        try (SimBench bench = new SimBench(MODEL, plan)) {
            Transfer old = bench.copy(LENGTH);
            bench.advance(1_500);
            bench.channel.terminateSync();
            TransferResult before = old.result().orElseThrow();
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.ended).containsExactly(1L, 1L, 2L);
            assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
            assertThat(old.result()).contains(before);
        }
    }

    @Test
    @DisplayName("P9: an error half-way tells its side and its bytes")
    void shouldFailHalfWay() {
        for (SimFault fault :
                List.of(new SimFault.ReadError(1_234), new SimFault.WriteError(1_234))) {
            try (SimBench bench = with(fault)) {
                MemorySegment target = bench.target(LENGTH);
                TransferResult result = bench.copy(bench.channel, target, LENGTH).await();
                Outcome expected =
                        fault instanceof SimFault.ReadError
                                ? Outcome.READ_FAILED
                                : Outcome.WRITE_FAILED;
                assertThat(result.outcome()).isEqualTo(expected);
                assertThat(result.bytes()).isEqualTo(1_234);
                assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(5);
                SimBench.assertCopied(target, 1_234);
                assertThat(bench.copy(LENGTH).await().isWhole()).as("the next").isTrue();
            }
        }
    }

    @Test
    void shouldNotFailBehindTheEnd() {
        try (SimBench bench = with(new SimFault.ReadError(LENGTH))) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.happened).isEmpty();
        }
    }

    @Test
    void shouldTearTheLastBurst() {
        try (SimBench bench = with(new SimFault.TornWrite(1_234))) {
            MemorySegment target = bench.target(LENGTH);
            TransferResult result = bench.copy(bench.channel, target, LENGTH).await();
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.bytes()).isEqualTo(1_234);
            SimBench.assertCopied(target, 2_234);
        }
    }

    @Test
    void shouldTearTheLastBurstFromADevice() {
        try (SimBench bench = with(new SimFault.TornWrite(1_234))) {
            SimDevice device = new SimDevice().supply(LENGTH, 0);
            MemorySegment target = bench.target(LENGTH);
            Transfer transfer =
                    bench.channel.submit(
                            bench.channel.prepPeripheralSg(
                                    PeripheralConfig.read(Peripheral.of(device)), List.of(target)));
            bench.channel.issuePending();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(transfer.await().bytes()).isEqualTo(1_234);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 2_233)).isEqualTo((byte) 2_233);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 2_234)).isEqualTo(SimBench.POISON);
        }
    }

    @Test
    @DisplayName("R7: a torn write leaves a period alone that is the client's")
    void shouldNotTearAPeriodOfTheClient() {
        try (SimBench bench = with(new SimFault.TornWrite(400))) {
            SimDevice device = new SimDevice().supply(1_000, 0);
            SimCallback hold = new SimCallback(bench.simulation).blocking(1);
            MemorySegment ring = bench.target(400);
            Transfer transfer =
                    bench.channel.submit(
                            bench.channel.prepCyclic(
                                    PeripheralConfig.read(Peripheral.of(device)), ring, 100, hold));
            bench.channel.issuePending();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(device.produced()).isEqualTo(400);
            assertThat(ring.get(ValueLayout.JAVA_BYTE, 0)).isZero();
            hold.release();
        }
    }

    @Test
    @DisplayName("C2: a source that ends early is COMPLETE with a residue")
    void shouldEndEarly() {
        try (SimBench bench = with(new SimFault.Partial(1_234))) {
            MemorySegment target = bench.target(LENGTH);
            TransferResult result = bench.copy(bench.channel, target, LENGTH).await();
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.residueBytes()).isEqualTo(LENGTH - 1_234);
            SimBench.assertCopied(target, 1_234);
        }
    }

    @Test
    void shouldStickForAWhile() {
        try (SimBench bench = with(new SimFault.Stuck(50_000))) {
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(END_NANOS + 50_000);
            assertThat(bench.faults).isEmpty();
        }
    }

    @Test
    void shouldNotGoOnBecauseItIsToldSomething() {
        try (SimBench bench = with(new SimFault.Stuck(50_000))) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(10_000);
            bench.channel.pause();
            bench.channel.resume();
            bench.advance(10_000);
            assertThat(bench.touches).hasSize(2);
            bench.channel.terminateSync();
            assertThat(transfer.result().orElseThrow().bytes()).isEqualTo(3_000);
            assertThat(bench.now()).as("the burst at which it stops").isGreaterThan(50_000);
        }
    }

    @Test
    @DisplayName("C12: a stuck transfer means a lost engine; when it goes on, that is the proof")
    void shouldBeLostAndProveItLater() {
        SimModel model = MODEL.withWatchdog(100_000);
        try (SimBench bench = with(model, new SimFault.Stuck(1_000_000))) {
            MemorySegment target = bench.target(LENGTH);
            Transfer transfer = bench.copy(bench.channel, target, LENGTH);
            assertThatThrownBy(transfer::await).isInstanceOf(EngineLostException.class);
            assertThat(bench.now()).isEqualTo(3_000 + 100_000 - 1_000);
            assertThat(bench.engine.quarantine()).hasSize(1);
            SimBench.assertCopied(target, 2_000);
            bench.advance(2_000_000);
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
            SimBench.assertCopied(target, LENGTH);
            assertThat(bench.engine.quarantine()).isEmpty();
            assertThat(bench.faultKinds())
                    .containsExactly(Fault.Kind.ENGINE_LOST, Fault.Kind.QUARANTINE_LEFT);
        }
    }

    @Test
    @DisplayName("C12: what is stuck for ever stays in quarantine until it is healed")
    void shouldBeLostUntilHealed() {
        SimModel model = MODEL.withWatchdog(100_000);
        try (SimBench bench = with(model, new SimFault.Stuck(Long.MAX_VALUE))) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(Duration.ofHours(1).toNanos());
            assertThat(transfer.result()).isEmpty();
            assertThat(bench.engine.quarantine()).hasSize(1);
            bench.hardware.heal();
            bench.advance(1_000);
            assertThat(transfer.result().orElseThrow().bytes()).isEqualTo(2_000);
            assertThat(bench.engine.quarantine()).isEmpty();
            assertThat(Quarantine.entries()).isEmpty();
        }
    }

    @Test
    @DisplayName("C14: who is lost leaves the physical channel to its neighbours")
    void shouldLeaveItsNeighboursAlone() {
        SimModel model = MODEL.withWatchdog(100_000);
        try (SimBench bench = with(model, new SimFault.Stuck(Long.MAX_VALUE))) {
            bench.copy(LENGTH);
            bench.advance(10);
            var neighbour = bench.channel("neighbour");
            Transfer transfer = bench.copy(neighbour, bench.target(LENGTH), LENGTH);
            assertThat(transfer.await().isWhole()).isTrue();
        }
    }

    @Test
    void shouldStopLate() {
        try (SimBench bench = with(new SimFault.LateStop(1_000))) {
            Transfer transfer = bench.copy(100_000);
            bench.advance(10_000);
            bench.channel.terminateSync();
            // The model's 2,000 and 1,000 more, then the entry.
            assertThat(bench.now()).isEqualTo(10_000 + 3_000 + 500);
            assertThat(transfer.result().orElseThrow().bytes()).isEqualTo(12_000);
        }
    }

    @Test
    @DisplayName("C12: a stop that is never acknowledged means a lost engine")
    void shouldNeverStop() {
        SimModel model = MODEL.withWatchdog(100_000);
        SimFault fault = new SimFault.NoStop();
        try (SimBench bench = with(model, fault)) {
            Transfer transfer = bench.copy(LENGTH);
            bench.advance(2_500);
            assertThatThrownBy(bench.channel::terminateSync)
                    .isInstanceOf(EngineLostException.class);
            assertThat(bench.happened).containsExactly(fault);
            bench.hardware.heal();
            bench.advance(1_000);
            assertThat(transfer.result().orElseThrow().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(bench.engine.quarantine()).isEmpty();
        }
    }

    @Test
    void shouldPullNothingWhileFull() {
        FaultPlan plan = FaultPlan.none().on(1, new SimFault.QueueFull(1_000_000));
        try (SimBench bench = new SimBench(MODEL.withPull(1), plan)) {
            bench.copy(LENGTH).await();
            assertThat(bench.copy(LENGTH).await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(1_000_000 + END_NANOS);
        }
    }

    @Test
    @DisplayName("C12: a controller that is gone and back proves what it held")
    void shouldBeGoneAndBack() {
        SimFault fault = new SimFault.Gone(1_000_000);
        FaultPlan plan = FaultPlan.none().on(2, fault);
        try (SimBench bench = new SimBench(MODEL.withChannels(8, 2), plan)) {
            var neighbour = bench.channel("neighbour");
            MemorySegment target = bench.target(LENGTH);
            Transfer first = bench.copy(bench.channel, target, LENGTH);
            bench.advance(2_500);
            Transfer second = bench.copy(neighbour, bench.target(LENGTH), LENGTH);
            assertThatThrownBy(second::await).isInstanceOf(EngineLostException.class);
            assertThatThrownBy(first::await).isInstanceOf(EngineLostException.class);
            assertThat(bench.engine.quarantine()).hasSize(2);
            assertThatThrownBy(() -> bench.engine.requestChannel(Capability.MEMCPY))
                    .isInstanceOf(EngineUnavailableException.class);
            SimBench.assertCopied(target, 2_000);
            target.fill((byte) 0x77);
            bench.advance(1_001_000);
            assertThat(bench.engine.quarantine()).isEmpty();
            assertThat(target.get(ValueLayout.JAVA_BYTE, LENGTH - 1)).isEqualTo((byte) 0x77);
            assertThat(first.result().orElseThrow().bytes()).isEqualTo(2_000);
            assertThat(second.result().orElseThrow().bytes()).isZero();
            var again = bench.channel("again");
            assertThat(bench.copy(again, bench.target(LENGTH), LENGTH).await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("C12: a controller that is gone for ever keeps what it held, until it is healed")
    void shouldBeGoneForEver() {
        try (SimBench bench = with(new SimFault.Gone(Long.MAX_VALUE))) {
            Transfer transfer = bench.copy(LENGTH);
            assertThatThrownBy(transfer::await).isInstanceOf(EngineLostException.class);
            bench.advance(Duration.ofDays(1).toNanos());
            assertThat(bench.engine.quarantine()).hasSize(1);
            assertThat(bench.touches).isEmpty();
            bench.hardware.heal();
            bench.advance(1_000);
            assertThat(bench.engine.quarantine()).isEmpty();
        }
    }

    @Test
    void shouldRefusePlacesAndTimesThatMakeNoSense() {
        assertThatThrownBy(() -> new SimFault.ReadError(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SimFault.Stuck(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FaultPlan.none().on(0, new SimFault.NoStop()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FaultPlan.drawn(Choices.of(1), 10, 0, 10, 10))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldDrawEachKindOfFault() {
        FaultPlan plan = FaultPlan.drawn(Choices.of(3), 2_000, 2, 10_000, 1_000_000);
        assertThat(plan.faults().values().stream().map(Object::getClass).distinct())
                .hasSize(SimFault.class.getPermittedSubclasses().length);
        assertThat(plan.toString())
                .isEqualTo(FaultPlan.drawn(Choices.of(3), 2_000, 2, 10_000, 1_000_000).toString());
        long first = plan.faults().keySet().iterator().next();
        assertThat(plan.without(first).faults()).hasSize(plan.faults().size() - 1);
    }
}
