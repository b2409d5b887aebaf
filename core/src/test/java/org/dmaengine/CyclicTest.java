package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.dmaengine.spi.IssuedTransfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Cyclic transfers: a callback for each period, and who owns the periods meanwhile (C2, C3). */
class CyclicTest {
    private static final long PERIOD_BYTES = 16;

    private final Bench bench = new Bench();
    private final PeripheralConfig config =
            PeripheralConfig.read(
                    Peripheral.of(Channels.newChannel(new ByteArrayInputStream(new byte[8]))));
    private final List<PeriodEvent> events = new ArrayList<>();
    private final List<TransferResult> results = new ArrayList<>();
    private Transfer transfer;
    private IssuedTransfer cyclic;

    @AfterEach
    void close() {
        bench.close();
    }

    /** Four periods of 16 bytes. */
    private void start(PeripheralConfig itsConfig) {
        transfer =
                bench.submit(
                        bench.channel
                                .prepCyclic(itsConfig, bench.target, PERIOD_BYTES, events::add)
                                .onComplete(results::add));
        bench.channel.issuePending();
        bench.backend.take();
        cyclic = bench.backend.issued(transfer.cookie());
    }

    @Test
    @DisplayName("C3: one callback per period, in order, with place and number")
    void shouldTellEachPeriod() {
        start(config);
        for (int i = 0; i < 6; i++) {
            assertThat(cyclic.mayStartPeriod()).isTrue();
            cyclic.periodElapsed();
            bench.callbacks.run();
        }

        assertThat(events)
                .extracting(PeriodEvent::sequence)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(events)
                .extracting(PeriodEvent::offsetBytes)
                .containsExactly(0L, 16L, 32L, 48L, 0L, 16L);
        assertThat(events).allMatch(event -> event.missed() == 0 && event.lengthBytes() == 16);
        assertThat(results).isEmpty();
    }

    @Test
    @DisplayName("R7: the engine may not refill a period before its callback has returned")
    void shouldHoldBackUntilCallbackReturned() {
        start(config);
        for (int i = 0; i < 4; i++) {
            assertThat(cyclic.mayStartPeriod()).isTrue();
            cyclic.periodElapsed();
        }
        assertThat(cyclic.mayStartPeriod()).as("the ring is full").isFalse();
        int starts = bench.backend.starts.get();
        bench.callbacks.run();

        assertThat(events).hasSize(4);
        assertThat(bench.backend.starts.get()).as("told that it may go on").isGreaterThan(starts);
        assertThat(cyclic.mayStartPeriod()).isTrue();
    }

    @Test
    @DisplayName(
            "R7: a period is the client's until its callback has returned, not until it begins")
    void shouldOwnPeriodDuringItsCallback() {
        List<Boolean> mayStart = new ArrayList<>();
        bench.submit(
                bench.channel.prepCyclic(
                        config,
                        bench.target,
                        PERIOD_BYTES,
                        event -> mayStart.add(cyclic.mayStartPeriod())));
        bench.channel.issuePending();
        cyclic = bench.backend.issued(bench.backend.take().getFirst());
        for (int i = 0; i < 4; i++) {
            cyclic.periodElapsed();
        }
        bench.callbacks.run();

        assertThat(mayStart).containsExactly(false, true, true, true);
    }

    @Test
    @DisplayName("R7: the engine is told to go on though the runner gives up its thread just then")
    void shouldTellEngineToGoOnWhereRunnerYields() {
        for (int i = 0; i < 64; i++) {
            bench.submit();
        }
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        start(config);
        for (int i = 0; i < 4; i++) {
            cyclic.periodElapsed();
        }
        assertThat(cyclic.mayStartPeriod()).isFalse();
        int starts = bench.backend.starts.get();
        bench.callbacks.run();

        assertThat(events).hasSize(4);
        assertThat(bench.backend.starts.get()).isGreaterThan(starts);
    }

    @Test
    @DisplayName("A free-running peripheral is never held back; what was overwritten is counted")
    void shouldCountMissedPeriods() {
        start(config.freeRunning());
        for (int i = 0; i < 10; i++) {
            assertThat(cyclic.mayStartPeriod()).isTrue();
            cyclic.periodElapsed();
        }
        bench.callbacks.run();

        assertThat(events).extracting(PeriodEvent::sequence).containsExactly(7L, 8L, 9L);
        assertThat(events).extracting(PeriodEvent::missed).containsExactly(7L, 0L, 0L);
        assertThat(events.getFirst().offsetBytes()).isEqualTo(48);
    }

    @Test
    @DisplayName("R2: period signalled, runner not yet run, terminate: it sees nothing")
    void shouldRevokePeriodCallback() {
        start(config);
        cyclic.periodElapsed();
        bench.channel.terminateAsync();
        bench.callbacks.run();
        assertThat(events).isEmpty();
        cyclic.periodElapsed();
        bench.callbacks.run();
        assertThat(events).isEmpty();
        bench.backend.abortOne(transfer.cookie(), 16);
        Receipt.Entry entry = bench.channel.synchronize().entry(transfer.cookie()).orElseThrow();

        assertThat(entry.kind()).isEqualTo(OperationKind.CYCLIC);
        assertThat(entry.bytes()).isEqualTo(16);
        assertThat(entry.residueBytes()).isEqualTo(48);
        assertThat(entry.callbackRan()).isFalse();
        assertThat(results).isEmpty();
    }

    @Test
    @DisplayName("C4, C9: terminated inside its own period callback")
    void shouldTerminateInPeriodCallback() {
        transfer =
                bench.submit(
                        bench.channel.prepCyclic(
                                config,
                                bench.target,
                                PERIOD_BYTES,
                                event -> {
                                    events.add(event);
                                    bench.channel.terminateAsync();
                                }));
        bench.channel.issuePending();
        bench.backend.take();
        cyclic = bench.backend.issued(transfer.cookie());
        cyclic.periodElapsed();
        cyclic.periodElapsed();
        bench.callbacks.run();
        bench.backend.abortOne(transfer.cookie(), 100);

        assertThat(events).hasSize(1);
        Receipt.Entry entry = bench.channel.synchronize().entry(transfer.cookie()).orElseThrow();
        assertThat(entry.callbackRan()).isTrue();
        assertThat(entry.bytes()).as("C2: over all revolutions").isEqualTo(100);
        assertThat(entry.residueBytes()).as("C2: of the last one").isEqualTo(28);
    }

    @Test
    @DisplayName("C9: ended while its period callback runs: listed once")
    void shouldListOnceWhatEndedDuringItsCallback() {
        bench.submit(
                bench.channel.prepCyclic(
                        config,
                        bench.target,
                        PERIOD_BYTES,
                        event -> {
                            bench.channel.terminateAsync();
                            bench.backend.abortOne(event.cookie(), 16);
                        }));
        bench.channel.issuePending();
        cyclic = bench.backend.issued(bench.backend.take().getFirst());
        cyclic.periodElapsed();
        bench.callbacks.run();

        assertThat(bench.channel.synchronize().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.callbackRan()).isTrue());
    }

    @Test
    @DisplayName("C3: an error ends it: the periods before, then the completion")
    void shouldTellPeriodsBeforeCompletion() {
        start(config);
        cyclic.periodElapsed();
        cyclic.periodElapsed();
        bench.backend.fail(
                transfer.cookie(), Outcome.READ_FAILED, 32, TransferError.of(5, "unplugged"));
        assertThat(transfer.result()).as("C5: the handle knows at once").isPresent();
        bench.callbacks.run();

        assertThat(events).hasSize(2);
        assertThat(results).singleElement().extracting(TransferResult::bytes).isEqualTo(32L);
        assertThat(bench.channel.state(transfer.cookie())).isEqualTo(TransferState.ERROR);
        bench.channel.drain();
    }

    @Test
    @DisplayName("C3: all that an ended one has to tell comes before those that ended after it")
    void shouldTellEndedRingBeforeNext() {
        List<Long> told = new ArrayList<>();
        transfer =
                bench.submit(
                        bench.channel
                                .prepCyclic(
                                        config,
                                        bench.target,
                                        PERIOD_BYTES,
                                        event -> told.add(event.cookie()))
                                .onComplete(result -> told.add(result.cookie())));
        bench.channel.issuePending();
        bench.backend.take();
        cyclic = bench.backend.issued(transfer.cookie());
        cyclic.periodElapsed();
        cyclic.periodElapsed();
        bench.backend.fail(
                transfer.cookie(), Outcome.READ_FAILED, 32, TransferError.of(5, "unplugged"));
        for (int i = 0; i < 2; i++) {
            Transfer next =
                    bench.submit(bench.prep().onComplete(result -> told.add(result.cookie())));
            bench.channel.issuePending();
            bench.backend.take();
            bench.backend.complete(next.cookie());
        }
        bench.callbacks.run();

        long ring = transfer.cookie();
        assertThat(told).containsExactly(ring, ring, ring, ring + 1, ring + 2);
        bench.channel.synchronize();
    }

    @Test
    @DisplayName("C6: a flush waits for all callbacks of one that ended before, not for the next")
    void shouldFlushAllCallbacksOfEndedRing() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(3);
        transfer =
                bench.submit(
                        bench.channel
                                .prepCyclic(
                                        config,
                                        bench.target,
                                        PERIOD_BYTES,
                                        event -> {
                                            events.add(event);
                                            inside.countDown();
                                            Bench.await(first);
                                        })
                                .onComplete(result -> {
                                    inside.countDown();
                                    Bench.await(last);
                                    results.add(result);
                                }));
        bench.channel.issuePending();
        bench.backend.take();
        cyclic = bench.backend.issued(transfer.cookie());
        cyclic.periodElapsed();
        Thread runner = bench.thread(bench.callbacks::run);
        await().atMost(Bench.DEADLINE).until(() -> inside.getCount() == 2);
        cyclic.periodElapsed();
        bench.backend.fail(
                transfer.cookie(), Outcome.READ_FAILED, 32, TransferError.of(5, "unplugged"));
        Thread waiter = bench.waiting(bench.channel::synchronize);
        first.countDown();
        Bench.await(inside);
        await().atMost(Bench.DEADLINE)
                .until(() -> bench.time.isParked(waiter) || !waiter.isAlive());

        assertThat(waiter.isAlive()).as("the completion is still to return").isTrue();
        last.countDown();
        Bench.join(waiter);
        assertThat(events).hasSize(2);
        assertThat(results).hasSize(1);
        Bench.join(runner);
    }

    @Test
    @DisplayName(
            "C5, C6: a termination ends such a flush, once the callback that runs has returned")
    void shouldEndFlushOfEndedRingAtTermination() {
        start(config);
        cyclic.periodElapsed();
        cyclic.periodElapsed();
        bench.backend.fail(
                transfer.cookie(), Outcome.READ_FAILED, 32, TransferError.of(5, "unplugged"));
        Thread waiter = bench.waiting(bench.channel::synchronize);
        bench.channel.terminateAsync();

        Bench.join(waiter);
        assertThat(events).isEmpty();
    }

    @Test
    @DisplayName("C3: its completion is told though the place had a transfer that was told before")
    void shouldTellCompletionInUsedPlace() {
        try (Bench narrow = new Bench(request -> request.withDepth(1))) {
            narrow.complete();
            narrow.callbacks.run();
            Transfer second =
                    narrow.submit(
                            narrow.channel
                                    .prepCyclic(config, narrow.target, PERIOD_BYTES, events::add)
                                    .onComplete(results::add));
            narrow.channel.issuePending();
            narrow.backend.take();
            narrow.backend.issued(second.cookie()).periodElapsed();
            narrow.backend.fail(
                    second.cookie(), Outcome.READ_FAILED, 16, TransferError.of(5, "unplugged"));
            narrow.callbacks.run();

            assertThat(events).hasSize(1);
            assertThat(results).extracting(TransferResult::cookie).containsExactly(2L);
        }
    }

    @Test
    @DisplayName(
            "C3: periods are counted anew, and progress too, in a place that a ring had before")
    void shouldCountAnewInUsedPlace() {
        try (Bench narrow = new Bench(request -> request.withDepth(1))) {
            for (int told = 2; told > 0; told--) {
                Transfer ring =
                        narrow.submit(
                                narrow.channel.prepCyclic(
                                        config, narrow.target, PERIOD_BYTES, events::add));
                assertThat(narrow.channel.status(ring.cookie()).residueBytes()).isEqualTo(64);
                narrow.channel.issuePending();
                narrow.backend.take();
                IssuedTransfer itself = narrow.backend.issued(ring.cookie());
                itself.progress(told * PERIOD_BYTES);
                for (int i = 0; i < told; i++) {
                    itself.periodElapsed();
                }
                narrow.callbacks.run();
                narrow.backend.fail(
                        ring.cookie(), Outcome.READ_FAILED, 16, TransferError.of(5, "unplugged"));
            }

            assertThat(events).extracting(PeriodEvent::cookie).containsExactly(1L, 1L, 2L);
            assertThat(events).extracting(PeriodEvent::sequence).containsExactly(0L, 1L, 0L);
        }
    }

    @Test
    @DisplayName("C2: residue within the ring at each point, wrap included")
    void shouldKeepResidueWithinRing() {
        start(config);
        for (long told : new long[] {0, 1, 63, 64, 65, 128, -5, Long.MAX_VALUE}) {
            cyclic.progress(told);
            TransferStatus status = bench.channel.status(transfer.cookie());
            assertThat(status.residueBytes()).as("after %d", told).isBetween(0L, 64L);
            assertThat(status.inFlightBytes()).isEqualTo(status.residueBytes());
        }
    }

    @Test
    @DisplayName("What makes no ring is refused")
    void shouldRefuseImpossibleRing() {
        assertThatThrownBy(() -> bench.channel.prepCyclic(config, bench.target, 17, event -> {}))
                .isInstanceOf(PrepRefusedException.class);
        assertThatThrownBy(() -> bench.channel.prepCyclic(config, bench.target, 0, event -> {}))
                .isInstanceOf(PrepRefusedException.class);
        assertThatThrownBy(() ->
                        bench.channel.prepCyclic(config, bench.target, 16, event -> {}, Flag.ACK))
                .isInstanceOf(PrepRefusedException.class);
        assertThatThrownBy(() -> bench.channel.prepCyclic(bench.target, 16, event -> {}))
                .as("no peripheral was configured")
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("P8: a later configuration does not change a descriptor")
    void shouldKeepConfigurationOfPrep() {
        bench.channel.configure(config);
        Descriptor descriptor = bench.channel.prepPeripheralSg(List.of(bench.target));
        bench.channel.configure(config.withBurst(4));

        assertThat(((Operation.PeripheralSg) descriptor.operation()).config()).isEqualTo(config);
        assertThat(descriptor.operation().kind()).isEqualTo(OperationKind.BLOCKING);
    }

    @Test
    @DisplayName("C12: lost with a cyclic transfer running")
    void shouldQuarantineRing() {
        start(config);
        cyclic.periodElapsed();
        bench.backend.queue().lost("gone", null);
        bench.callbacks.run();

        assertThat(events).as("what had elapsed is told").hasSize(1);
        assertThat(bench.engine.quarantine())
                .singleElement()
                .satisfies(entry -> assertThat(entry.transfer().bufferBytes()).isEqualTo(64));
    }
}
