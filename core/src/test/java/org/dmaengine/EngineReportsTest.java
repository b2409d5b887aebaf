package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.spi.IssuedTransfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an engine must not report is caught, reported, and changes nothing (P4, P9, E8). */
class EngineReportsTest {
    private final Bench bench = new Bench(request -> request.withDepth(1));

    @AfterEach
    void close() {
        bench.close();
    }

    private void expectBroken(String rule) {
        assertThat(bench.faults)
                .singleElement()
                .satisfies(fault -> {
                    assertThat(fault.kind()).isEqualTo(Fault.Kind.ENGINE_CONTRACT);
                    assertThat(fault.channel()).isEqualTo(bench.channel.name());
                    assertThat(fault.cause())
                            .containsInstanceOf(EngineContractException.class)
                            .hasValueSatisfying(
                                    cause -> assertThat(cause).hasMessageContaining(rule));
                });
    }

    @Test
    @DisplayName("P4: a second end changes nothing")
    void shouldReportSecondEnd() {
        Transfer transfer = bench.complete();
        bench.backend.queue().end(transfer.cookie(), Outcome.ABORTED, 0);

        expectBroken("P4");
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(transfer.cookie());
        assertThat(transfer.await().outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.COMPLETE);
    }

    @Test
    @DisplayName("P4: an end for what was never handed out changes nothing")
    void shouldReportUnknownTicket() {
        bench.start();
        bench.backend.queue().end(77, Outcome.COMPLETE, 64);

        expectBroken("P4");
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("P4: an end for what waits in the queue changes nothing")
    void shouldReportEndOfTransferNotTaken() {
        Transfer queued = bench.issue();
        bench.backend.queue().end(queued.cookie(), Outcome.COMPLETE, 64);

        expectBroken("P4");
        assertThat(bench.backend.take()).containsExactly(queued.cookie());
    }

    @Test
    @DisplayName("E8: the end of an old ticket does not hit the new owner of its slot")
    void shouldNotLetOldTicketEndNewTransfer() {
        Transfer old = bench.complete();
        bench.callbacks.run();
        Transfer newer = bench.start();
        bench.backend.queue().end(old.cookie(), Outcome.ABORTED, 0);

        expectBroken("P4");
        assertThat(newer.result()).isEmpty();
        assertThat(old.await().outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @DisplayName("E8: a batch reported twice does not complete the new owner of its slot")
    void shouldNotLetOldBatchCompleteNewTransfer() {
        Transfer old = bench.start();
        bench.backend.queue().complete(new long[] {old.cookie()}, 1);
        bench.callbacks.run();
        assertThat(old.result()).isPresent();

        Transfer newer = bench.start();
        bench.backend.queue().complete(new long[] {old.cookie()}, 1);

        assertThat(newer.result()).as("it is still on the engine").isEmpty();
        expectBroken("P4");
    }

    @Test
    @DisplayName("P4: the same ticket twice in a batch is reported, the rest of it counts")
    void shouldCompleteBatchOnce() {
        try (Bench wide = new Bench()) {
            wide.submit();
            Transfer second = wide.issue();
            IssuedTransfer[] batch = new IssuedTransfer[3];
            assertThat(wide.backend.queue().next(batch)).isEqualTo(2);
            assertThat(batch[0].ticket()).isEqualTo(1);
            wide.backend.queue().complete(new long[] {1, 1, 2, 77}, 3);

            assertThat(wide.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
            assertThat(second.result()).isPresent();
            wide.callbacks.run();
            assertThat(wide.called).containsExactly(1L, 2L);
        }
    }

    @Test
    @DisplayName("P4: the report says what the ticket stands for")
    void shouldSayWhatTicketStandsFor() {
        bench.complete();
        bench.callbacks.run();
        Transfer queued = bench.issue();
        for (long ticket : new long[] {1, queued.cookie(), 3, 0, -1}) {
            bench.backend.queue().end(ticket, Outcome.COMPLETE, 64);
        }

        assertThat(bench.faults)
                .extracting(Fault::message)
                .satisfiesExactly(
                        over -> assertThat(over).contains("ticket 1,", "ended before"),
                        waits -> assertThat(waits).contains("ticket 2,", "SUBMITTED"),
                        none -> assertThat(none).contains("ticket 3,", "never handed out"),
                        none -> assertThat(none).contains("ticket 0,", "never handed out"),
                        none -> assertThat(none).contains("ticket -1,", "never handed out"));
    }

    @Test
    @DisplayName("P10: a batch takes what fits, and the rest stays in the queue")
    void shouldTakeNoMoreThanFits() {
        try (Bench wide = new Bench()) {
            for (int i = 0; i < 3; i++) {
                wide.channel.tryMemcpy(wide.target, 0, wide.source, 0, 8);
            }
            wide.channel.issuePending();
            IssuedTransfer[] batch = new IssuedTransfer[2];
            assertThat(wide.backend.queue().next(batch)).isEqualTo(2);
            assertThat(batch[1].ticket()).isEqualTo(2);
            assertThat(wide.backend.take()).containsExactly(3L);
            wide.backend.queue().complete(new long[] {1, 2, 3}, 3);
        }
    }

    @Test
    @DisplayName("P10: transfers completed as a batch give their places back")
    void shouldGiveBackPlacesOfBatch() {
        try (Bench small = new Bench(request -> request.withDepth(2))) {
            for (long cookie = 1; cookie <= 9; cookie += 2) {
                for (int i = 0; i < 2; i++) {
                    assertThat(small.channel.tryMemcpy(small.target, 0, small.source, 0, 8))
                            .isEqualTo(cookie + i);
                }
                small.channel.issuePending();
                assertThat(small.backend.take()).hasSize(2);
                small.backend.queue().complete(new long[] {cookie, cookie + 1}, 2);
            }
            small.backend.abortAll();
        }
    }

    @Test
    @DisplayName("P9: bytes out of range are reported and brought into range; the end counts")
    void shouldBringBytesIntoRange() {
        Transfer transfer = bench.start();
        bench.backend.queue().end(transfer.cookie(), Outcome.COMPLETE, 65);

        expectBroken("P9");
        assertThat(transfer.await().bytes()).isEqualTo(64);
    }

    @Test
    @DisplayName("P9: negative bytes likewise")
    void shouldBringNegativeBytesIntoRange() {
        Transfer transfer = bench.start();
        bench.backend.queue().end(transfer.cookie(), Outcome.ABORTED, -1);

        expectBroken("P9");
        assertThat(transfer.await().residueBytes()).isEqualTo(64);
    }

    @Test
    @DisplayName("P9: an error comes with READ_FAILED and WRITE_FAILED only")
    void shouldKeepErrorsOutOfCompleteTransfers() {
        Transfer transfer = bench.start();
        bench.backend
                .queue()
                .end(transfer.cookie(), Outcome.COMPLETE, 64, TransferError.of(0, "none"));

        assertThat(transfer.await().error()).isEmpty();
    }

    @Test
    @DisplayName("P4: an end reported after close is heard and changes nothing")
    void shouldReportEndAfterClose() {
        bench.start();
        bench.backend.complete(1);
        bench.channel.close();
        bench.backend.queue().end(1, Outcome.COMPLETE, 64);

        expectBroken("P4");
        assertThat(bench.backend.take()).isEmpty();
    }

    @Test
    @DisplayName("A listener for faults that throws disturbs nothing")
    void shouldSurviveListenerThatThrows() {
        ManualEngine provider = ManualEngine.ofChannels(1);
        DmaEngine engine =
                DmaEngines.open(
                        provider,
                        EngineOptions.defaults()
                                .withFaults(fault -> {
                                    throw new IllegalStateException("listener");
                                }));
        try (engine) {
            engine.requestChannel(Capability.MEMCPY);
            provider.channels.getFirst().queue().end(9, Outcome.COMPLETE, 1);
        }
        assertThat(provider.closed).isTrue();
    }

    @Test
    @DisplayName("P9: an error beside COMPLETE is told, and changes nothing")
    void shouldTellErrorBesideCompletion() {
        Transfer transfer = bench.start();
        bench.backend.fail(transfer.cookie(), Outcome.COMPLETE, 64, TransferError.of(5, "EIO"));

        expectBroken("P9");
        assertThat(transfer.result()).get().extracting("outcome").isEqualTo(Outcome.COMPLETE);
    }
}
