package org.dmaengine.engine.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.AbortEffect;
import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.DmaEngine;
import org.dmaengine.DmaEngines;
import org.dmaengine.EngineDescription;
import org.dmaengine.EngineOptions;
import org.dmaengine.Fault;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.OperationKind;
import org.dmaengine.Outcome;
import org.dmaengine.PeriodEvent;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.PrepRefusedException;
import org.dmaengine.Receipt;
import org.dmaengine.ResidueGranularity;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.dmaengine.spi.EngineProvider.Probe;
import org.dmaengine.spi.EngineSettings;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a simulated engine does while nothing goes wrong. */
class EngineTest {
    private static final SimModel MODEL = SimBench.MODEL;

    private static SimBench with(SimModel model) {
        return new SimBench(model, FaultPlan.none());
    }

    // ---- Residue

    @Test
    void shouldTellResidueAfterEachBurst() {
        try (SimBench bench = with(MODEL)) {
            Transfer transfer = bench.copy(4_000);
            bench.advance(2_500);
            assertThat(residue(transfer)).isEqualTo(2_000);
        }
    }

    @Test
    void shouldTellResidueAfterEachSegment() {
        try (SimBench bench = with(MODEL.withResidue(ResidueGranularity.SEGMENT))) {
            SimDevice device = new SimDevice().supply(10_000, 0);
            Transfer transfer =
                    read(bench.channel, device, bench.target(1_500), bench.target(2_500));
            // Bursts of 1,000, 500, 1,000, 1,000 and 500: the second segment is half full.
            bench.advance(2_600);
            assertThat(residue(transfer)).isEqualTo(2_500);
            assertThat(transfer.await().isWhole()).isTrue();
        }
    }

    @Test
    void shouldTellResidueAtTheEndOnly() {
        try (SimBench bench = with(MODEL.withResidue(ResidueGranularity.DESCRIPTOR))) {
            Transfer transfer = bench.copy(4_000);
            bench.advance(3_500);
            assertThat(residue(transfer)).isEqualTo(4_000);
            transfer.await();
            assertThat(residue(transfer)).isZero();
        }
    }

    private static long residue(Transfer transfer) {
        return transfer.channel().status(transfer.cookie()).residueBytes();
    }

    private static Transfer read(DmaChannel channel, SimDevice device, MemorySegment... targets) {
        Transfer transfer =
                channel.submit(
                        channel.prepPeripheralSg(
                                PeripheralConfig.read(Peripheral.of(device)), List.of(targets)));
        channel.issuePending();
        return transfer;
    }

    // ---- Physical channels and order

    @Test
    void shouldMoveAsManyAtATimeAsItHasPhysicalChannels() {
        for (int physical = 1; physical <= 3; physical++) {
            try (SimBench bench = with(MODEL.withChannels(8, physical))) {
                List<Transfer> transfers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    DmaChannel channel = bench.channel("of three, " + i);
                    transfers.add(bench.copy(channel, bench.target(10_000), 10_000));
                }
                transfers.forEach(Transfer::await);
                long rounds = (3L + physical - 1) / physical;
                assertThat(bench.now()).isBetween(rounds * 11_000, rounds * 11_000 + 1_000);
            }
        }
    }

    @Test
    @DisplayName("C14: who waits for data leaves the physical channel to others")
    void shouldLendThePhysicalChannelOfWhoWaits() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice();
            Transfer waiting = read(bench.channel, device, bench.target(1_000));
            DmaChannel neighbour = bench.channel("neighbour");
            assertThat(bench.copy(neighbour, bench.target(1_000), 1_000).await().isWhole())
                    .isTrue();
            device.supply(1_000, 0);
            assertThat(waiting.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("C14: who is paused leaves the physical channel to others")
    void shouldLendThePhysicalChannelOfWhoIsPaused() {
        try (SimBench bench = with(MODEL)) {
            Transfer paused = bench.copy(4_000);
            bench.advance(2_500);
            bench.channel.pause();
            DmaChannel neighbour = bench.channel("neighbour");
            assertThat(bench.copy(neighbour, bench.target(1_000), 1_000).await().isWhole())
                    .isTrue();
            bench.channel.resume();
            assertThat(paused.await().isWhole()).isTrue();
        }
    }

    @Test
    void shouldCompleteInOrder() {
        for (long seed = 1; seed <= 10; seed++) {
            SimModel model = MODEL.withChannels(8, 3).withSeed(seed);
            try (SimBench bench = new SimBench(seed, model, FaultPlan.none())) {
                Stream.of(5_000, 100, 3_000, 10).forEach(bench::copy);
                bench.channel.drain();
                assertThat(bench.ended).containsExactly(1L, 2L, 3L, 4L);
            }
        }
    }

    @Test
    void shouldCompleteOutOfOrder() {
        SimModel model = MODEL.withChannels(8, 3).withOrder(false);
        try (SimBench bench = with(model)) {
            assertThat(bench.engine.description().capabilities())
                    .contains(Capability.COMPLETION_NO_ORDER);
            Stream.of(5_000, 100, 3_000, 10).forEach(bench::copy);
            bench.channel.drain();
            assertThat(bench.ended).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
            assertThat(bench.ended.getLast()).as("the longest").isEqualTo(1);
        }
    }

    @Test
    @DisplayName("C3: an interrupt is told after all before it, though others pass each other")
    void shouldInterruptAfterAllBefore() {
        SimModel model = MODEL.withChannels(8, 3).withOrder(false);
        try (SimBench bench = with(model)) {
            bench.copy(5_000);
            bench.copy(3_000);
            Transfer interrupt = bench.channel.submit(bench.channel.prepInterrupt());
            bench.channel.issuePending();
            interrupt.await();
            assertThat(bench.ended.getLast()).isEqualTo(3);
        }
    }

    @Test
    void shouldPullNoMoreThanItsModelSays() {
        try (SimBench bench = with(MODEL.withPull(2))) {
            for (int i = 0; i < 5; i++) {
                bench.copy(4_000);
            }
            bench.advance(2_000);
            bench.channel.terminateSync();
            // The rest was withdrawn from the queue, and never reached the engine.
            assertThat(bench.ended).hasSize(2);
        }
    }

    // ---- Pause

    @Test
    void shouldPauseInsideTheCall() {
        try (SimBench bench = with(MODEL)) {
            Transfer transfer = bench.copy(4_000);
            bench.advance(2_500);
            bench.channel.pause();
            assertThat(bench.now()).isEqualTo(2_500);
            bench.advance(100_000);
            assertThat(bench.touches).hasSize(2);
            bench.channel.resume();
            assertThat(transfer.await().isWhole()).isTrue();
        }
    }

    @Test
    void shouldPauseLater() {
        try (SimBench bench = with(MODEL.withPause(1_800))) {
            Transfer transfer = bench.copy(10_000);
            bench.advance(2_500);
            bench.channel.pause();
            assertThat(bench.now()).isEqualTo(2_500 + 1_800);
            assertThat(bench.touches).as("bytes moved on until then").hasSize(4);
            bench.advance(100_000);
            assertThat(bench.touches).hasSize(4);
            bench.channel.resume();
            assertThat(transfer.await().isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("C13: a pause that was taken back before it came does not come")
    void shouldForgetAPauseThatWasTakenBack() {
        try (SimBench bench = with(MODEL.withPause(5_000))) {
            Transfer transfer = bench.copy(10_000);
            bench.simulation.start(
                    "resumes",
                    () -> {
                        bench.advance(3_000);
                        bench.channel.resume();
                    });
            bench.advance(1_500);
            assertThatThrownBy(bench.channel::pause).isInstanceOf(IllegalStateException.class);
            assertThat(transfer.await().isWhole()).isTrue();
            assertThat(bench.now()).isEqualTo(1_000 + 10_000 + 500);
        }
    }

    @Test
    void shouldNotMistakeAPauseForBeingStuck() {
        try (SimBench bench = with(MODEL.withWatchdog(10_000))) {
            Transfer transfer = bench.copy(4_000);
            bench.advance(2_500);
            bench.channel.pause();
            bench.advance(1_000_000);
            bench.channel.resume();
            assertThat(transfer.await().isWhole()).isTrue();
            assertThat(bench.faults).isEmpty();
        }
    }

    @Test
    void shouldNotMistakeALongTransferForBeingStuck() {
        try (SimBench bench = with(MODEL.withWatchdog(10_000))) {
            assertThat(bench.copy(200_000).await().isWhole()).isTrue();
            assertThat(bench.faults).isEmpty();
        }
    }

    // ---- Devices and files

    @Test
    void shouldReadADeviceToItsEnd() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice().supply(700, 0);
            MemorySegment target = bench.target(1_000);
            Transfer transfer = read(bench.channel, device, target);
            bench.advance(10_000);
            assertThat(residue(transfer)).isEqualTo(300);
            device.end();
            TransferResult result = transfer.await();
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.residueBytes()).isEqualTo(300);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 513)).isEqualTo((byte) 513);
            assertThat(device.produced()).isEqualTo(700);
        }
    }

    @Test
    void shouldWriteADevice() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice().supply(0, 400);
            Transfer transfer =
                    bench.channel.submit(
                            bench.channel.prepPeripheralSg(
                                    PeripheralConfig.write(Peripheral.of(device)),
                                    List.of(bench.source(1_000))));
            bench.channel.issuePending();
            bench.advance(10_000);
            assertThat(device.consumed()).isEqualTo(400);
            device.supply(0, 10_000);
            assertThat(transfer.await().isWhole()).isTrue();
            assertThat(device.consumed()).isEqualTo(1_000);
        }
    }

    @Test
    @DisplayName("P9: a device that fails, or is closed, names its side")
    void shouldFailWithItsDevice() throws IOException {
        try (SimBench bench = with(MODEL)) {
            IOException reason = new IOException("unplugged");
            SimDevice broken = new SimDevice().supply(700, 0);
            Transfer first = read(bench.channel, broken, bench.target(1_000));
            bench.advance(10_000);
            broken.fail(reason);
            assertThat(first.await().outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(first.await().bytes()).isEqualTo(700);
            assertThat(first.await().error().orElseThrow().cause()).contains(reason);
            SimDevice closed = new SimDevice();
            Transfer second = read(bench.channel, closed, bench.target(1_000));
            bench.advance(10_000);
            closed.close();
            assertThat(second.await().outcome()).isEqualTo(Outcome.READ_FAILED);
        }
    }

    @Test
    @DisplayName("a wait for a device takes no time: who waits for ever is found")
    void shouldFindAWaitForADeviceThatNobodySupplies() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice();
            Transfer transfer = read(bench.channel, device, bench.target(1_000));
            assertThatThrownBy(transfer::await).isInstanceOf(SimulationDeadlock.class);
            bench.expectFailure(SimulationDeadlock.class);
            device.end();
            assertThat(transfer.await().bytes()).isZero();
        }
    }

    @Test
    void shouldWriteAndReadAFile(@TempDir Path folder) throws IOException {
        try (SimBench bench = with(MODEL);
                FileChannel file =
                        FileChannel.open(
                                folder.resolve("file"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            MemorySegment target = bench.target(3_000);
            bench.channel.submit(
                    bench.channel.prepPeripheralSg(
                            PeripheralConfig.write(Peripheral.of(file)).atOffset(100),
                            List.of(bench.source(2_500))));
            Transfer read =
                    bench.channel.submit(
                            bench.channel.prepPeripheralSg(
                                    PeripheralConfig.read(Peripheral.of(file)).atOffset(100),
                                    List.of(target)));
            bench.channel.issuePending();
            assertThat(read.await().bytes()).isEqualTo(2_500);
            SimBench.assertCopied(target, 2_500);
        }
    }

    @Test
    void shouldRefuseWhatWouldBlock() {
        try (SimBench bench = with(MODEL)) {
            Peripheral blocking =
                    new Peripheral.Blocking(Channels.newChannel(InputStream.nullInputStream()));
            PeripheralConfig config = PeripheralConfig.read(blocking);
            MemorySegment ring = bench.target(100);
            assertThatThrownBy(() -> bench.channel.prepPeripheralSg(config, List.of(ring)))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("BLOCKING");
            assertThatThrownBy(() -> bench.channel.prepCyclic(config, ring, 10, event -> {}))
                    .isInstanceOf(PrepRefusedException.class)
                    .hasMessageContaining("SimDevice");
        }
    }

    @Test
    @DisplayName("C3: an interrupt that a callback leaves on the controller's thread does no harm")
    void shouldDropAnInterruptOfACallback(@TempDir Path folder) throws IOException {
        try (SimBench bench = with(MODEL);
                FileChannel file =
                        FileChannel.open(
                                folder.resolve("file"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE)) {
            DmaChannel channel =
                    bench.engine.requestChannel(
                            ChannelRequest.of(Capability.MEMCPY, Capability.PERIPHERAL)
                                    .withCallbackExecutor(Runnable::run));
            MemorySegment source = bench.source(1_000);
            channel.submit(
                    channel.prepMemcpy(bench.target(1_000), source)
                            .onComplete(result -> Thread.currentThread().interrupt()));
            Transfer write =
                    channel.submit(
                            channel.prepPeripheralSg(
                                    PeripheralConfig.write(Peripheral.of(file)), List.of(source)));
            channel.issuePending();
            bench.advance(100_000);
            assertThat(bench.now()).isEqualTo(100_000);
            assertThat(write.result().orElseThrow().isWhole()).isTrue();
            assertThat(file.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("an interrupt of the controller's thread does not stop the time")
    void shouldDropAnInterruptFromOutside() {
        Thread[] controller = new Thread[1];
        try (SimBench bench = with(MODEL)) {
            DmaChannel channel =
                    bench.engine.requestChannel(
                            ChannelRequest.of(Capability.INTERRUPT)
                                    .withCallbackExecutor(Runnable::run));
            channel.submit(
                    channel.prepInterrupt()
                            .onComplete(result -> controller[0] = Thread.currentThread()));
            channel.issuePending();
            bench.advance(10_000);
            bench.simulation.interrupt(controller[0]);
            bench.advance(10_000);
            assertThat(bench.copy(1_000).await().isWhole()).isTrue();
        }
    }

    // ---- Cyclic, strided, filled

    @Test
    @DisplayName("R7: a period is not refilled before its callback has returned")
    void shouldHoldBackPeriods() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice().supply(1_000, 0);
            MemorySegment ring = bench.target(400);
            List<PeriodEvent> events = new ArrayList<>();
            SimCallback hold = new SimCallback(bench.simulation).blocking(1);
            DmaChannel channel = bench.channel;
            channel.submit(
                    channel.prepCyclic(
                            PeripheralConfig.read(Peripheral.of(device)),
                            ring,
                            100,
                            event -> {
                                hold.onPeriod(event);
                                events.add(event);
                            }));
            channel.issuePending();
            bench.advance(1_000_000);
            assertThat(device.produced()).as("four periods, and not one more").isEqualTo(400);
            assertThat(ring.get(ValueLayout.JAVA_BYTE, 0)).isZero();
            hold.release();
            bench.advance(1_000_000);
            assertThat(device.produced()).isEqualTo(1_000);
            assertThat(events).hasSize(10).allMatch(event -> event.missed() == 0);
            channel.terminateSync();
        }
    }

    @Test
    void shouldCountPeriodsThatNobodyWaitedFor() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice().supply(1_000, 0);
            List<PeriodEvent> events = new ArrayList<>();
            SimCallback hold = new SimCallback(bench.simulation).blocking(1);
            DmaChannel channel = bench.channel;
            Transfer transfer =
                    channel.submit(
                            channel.prepCyclic(
                                    PeripheralConfig.read(Peripheral.of(device)).freeRunning(),
                                    bench.target(400),
                                    100,
                                    event -> {
                                        hold.onPeriod(event);
                                        events.add(event);
                                    }));
            channel.issuePending();
            bench.advance(1_000_000);
            assertThat(device.produced()).isEqualTo(1_000);
            hold.release();
            bench.advance(1_000_000);
            assertThat(events.stream().mapToLong(each -> each.missed() + 1).sum()).isEqualTo(10);
            channel.terminateSync();
            assertThat(transfer.result().orElseThrow().bytes()).isEqualTo(1_000);
        }
    }

    @Test
    void shouldFailWhereACyclicSourceEnds() {
        try (SimBench bench = with(MODEL)) {
            SimDevice device = new SimDevice().supply(250, 0);
            DmaChannel channel = bench.channel;
            Transfer transfer =
                    channel.submit(
                            channel.prepCyclic(
                                    PeripheralConfig.read(Peripheral.of(device)),
                                    bench.target(400),
                                    100,
                                    event -> {}));
            channel.issuePending();
            bench.advance(10_000);
            device.end();
            assertThat(transfer.await().outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(transfer.await().bytes()).isEqualTo(250);
        }
    }

    @Test
    void shouldFillAndCopyStrided() {
        try (SimBench bench = with(MODEL.withBandwidth(1_000, 7))) {
            DmaChannel channel = bench.channel;
            MemorySegment filled = bench.target(100);
            channel.submit(channel.prepMemset(filled.asSlice(10, 50), (byte) 3));
            MemorySegment target = bench.target(100);
            // Two frames of 10 bytes and 10 bytes of gap in the source, close together in the
            // target.
            InterleavedTemplate template =
                    new InterleavedTemplate(
                            bench.source(100),
                            target,
                            2,
                            List.of(new InterleavedTemplate.Chunk(10, 10, 0)));
            Transfer transfer = channel.submit(channel.prepInterleaved(template));
            channel.issuePending();
            assertThat(transfer.await().isWhole()).isTrue();
            assertThat(target.get(ValueLayout.JAVA_BYTE, 9)).isEqualTo(SimBench.byteAt(9));
            assertThat(target.get(ValueLayout.JAVA_BYTE, 10)).isEqualTo(SimBench.byteAt(20));
            assertThat(target.get(ValueLayout.JAVA_BYTE, 20)).isEqualTo(SimBench.POISON);
            assertThat(filled.get(ValueLayout.JAVA_BYTE, 9)).isEqualTo(SimBench.POISON);
            assertThat(filled.get(ValueLayout.JAVA_BYTE, 59)).isEqualTo((byte) 3);
            assertThat(filled.get(ValueLayout.JAVA_BYTE, 60)).isEqualTo(SimBench.POISON);
        }
    }

    // ---- Copies that are taken together

    private static List<Long> smallCopies(SimBench bench, int count, List<Long> called) {
        List<Long> cookies = new ArrayList<>();
        MemorySegment source = bench.source(1_000);
        for (int i = 0; i < count; i++) {
            cookies.add(
                    bench.channel.tryMemcpy(
                            bench.target(1_000),
                            0,
                            source,
                            0,
                            1_000,
                            (cookie, outcome, bytes) -> called.add(cookie)));
        }
        bench.channel.issuePending();
        return cookies;
    }

    @Test
    @DisplayName("P4: copies that are taken together end together, with the last of them")
    void shouldReportRunsTogether() {
        try (SimBench bench = with(MODEL.withRuns(true))) {
            List<Long> called = new ArrayList<>();
            List<Long> cookies = smallCopies(bench, 3, called);
            bench.advance(5_000);
            assertThat(bench.ended).isEmpty();
            bench.channel.drain();
            assertThat(bench.ended).isEqualTo(cookies);
            assertThat(called).isEqualTo(cookies);
            assertThat(bench.now()).isBetween(5_500L, 10_000L);
        }
    }

    @Test
    @DisplayName("C5: terminated half-way, each of those taken together has an end of its own")
    void shouldStopRuns() {
        try (SimBench bench = with(MODEL.withRuns(true).withStop(StopModel.AT_ONCE, 0))) {
            List<Long> called = new ArrayList<>();
            smallCopies(bench, 3, called);
            bench.advance(2_600);
            Receipt receipt = bench.channel.terminateSync();
            assertThat(receipt.entries())
                    .extracting(Receipt.Entry::outcome)
                    .containsExactlyInAnyOrder(Outcome.COMPLETE, Outcome.ABORTED, Outcome.ABORTED);
            assertThat(receipt.entries()).noneMatch(Receipt.Entry::callbackRan);
            assertThat(called).isEmpty();
            assertThat(bench.faults).isEmpty();
        }
    }

    // ---- What it says of itself

    @Test
    void shouldTakeItsModelFromOptions() {
        EngineOptions options =
                EngineOptions.defaults()
                        .with("stop", "at-once")
                        .with("residue", "segment")
                        .with("order", "out")
                        .with("channels", "3");
        try (DmaEngine engine = DmaEngines.open("sim", options)) {
            EngineDescription description = engine.description();
            assertThat(description.channelsMax()).isEqualTo(3);
            assertThat(description.residueGranularity()).isEqualTo(ResidueGranularity.SEGMENT);
            assertThat(description.termination().get(OperationKind.MEMCPY).effect())
                    .isEqualTo(AbortEffect.AT_ONCE);
            assertThat(description.capabilities()).contains(Capability.COMPLETION_NO_ORDER);
        }
    }

    @Test
    void shouldRefuseOptionsThatMakeNoSense() {
        for (String[] wrong :
                new String[][] {{"speed", "9"}, {"stop", "maybe"}, {"burstBytes", "0"}}) {
            EngineOptions options = EngineOptions.defaults().with(wrong[0], wrong[1]);
            assertThatThrownBy(() -> DmaEngines.open("sim", options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong[0]);
        }
    }

    @Test
    void shouldRefuseModelsThatMakeNoSense() {
        for (Runnable wrong :
                List.<Runnable>of(
                        () -> MODEL.withLatency(-1, 0),
                        () -> MODEL.withBandwidth(0, 1),
                        () -> MODEL.withChannels(1, 0),
                        () -> MODEL.withPull(0),
                        () -> MODEL.withWatchdog(0),
                        () -> MODEL.withPause(-1),
                        () -> MODEL.withStop(StopModel.ACKNOWLEDGED, -1))) {
            assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("what a model says of itself is how to open it by options")
    void shouldPrintItsModelAsOptions() {
        SimModel model =
                MODEL.withStop(StopModel.ACKNOWLEDGED, 77)
                        .withOrder(false)
                        .withRuns(true)
                        .withPull(9);
        EngineOptions options = EngineOptions.defaults();
        for (MatchResult each :
                Pattern.compile("(\\w+)=(\\S+)").matcher(model.toString()).results().toList()) {
            options = options.with(each.group(1), each.group(2));
        }
        assertThat(options.properties()).hasSize(15);
        assertThat(SimModel.defaults().with(settings(options)).toString())
                .isEqualTo(model.toString());
    }

    private static EngineSettings settings(EngineOptions options) {
        return new EngineSettings(options.properties(), options.scheduler());
    }

    @Test
    void shouldBeOpenedByItsNameOnly() {
        assertThat(new SimEngine().onlyByName()).isTrue();
        assertThat(new SimEngine().probe()).isInstanceOf(Probe.Available.class);
    }

    @Test
    @DisplayName("what an observer throws reaches the first thread")
    void shouldNotHideWhatAnObserverThrew() {
        AssertionError violation = new AssertionError("not twice");
        SimObserver observer =
                new SimObserver() {
                    private boolean ended;

                    @Override
                    public void ending(String channel, long ticket, Outcome outcome, long bytes) {
                        if (ended) {
                            throw violation;
                        }
                        ended = true;
                    }
                };
        FaultPlan plan = FaultPlan.none().on(1, new SimFault.DuplicateCompletion(1_000));
        List<Fault> faults = new ArrayList<>();
        try (Simulation simulation = new Simulation(1);
                DmaEngine engine =
                        DmaEngines.open(
                                new SimEngine(MODEL, plan, observer),
                                EngineOptions.defaults()
                                        .withFaults(faults::add)
                                        .withScheduler(simulation))) {
            DmaChannel channel = engine.requestChannel(Capability.INTERRUPT);
            Transfer transfer = channel.submit(channel.prepInterrupt());
            channel.issuePending();
            transfer.await();
            assertThatThrownBy(() -> simulation.advance(2_000)).isSameAs(violation);
            assertThat(faults).extracting(Fault::kind).containsExactly(Fault.Kind.ENGINE_LOST);
            assertThat(faults.getFirst().cause()).containsSame(violation);
        }
    }
}
