package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/**
 * A termination leaves what was queued without an outcome until somebody looks (C2, C9): each of
 * these is the first who does.
 */
class FirstLookTest {
    private Bench bench;
    private VirtualChannel channel;

    @BeforeEach
    void open() {
        bench = new Bench();
        channel = (VirtualChannel) bench.channel;
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long withdrawnCopy() {
        long cookie = bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        bench.channel.terminateAsync();
        return cookie;
    }

    private void expectEvidence(long cookie) {
        assertThat(bench.channel.synchronize().entry(cookie))
                .get()
                .extracting(Receipt.Entry::outcome, Receipt.Entry::proof)
                .containsExactly(Outcome.ABORTED, Proof.NEVER_STARTED);
    }

    @Test
    @DisplayName("C2: status")
    void shouldTellStatus() {
        long cookie = withdrawnCopy();

        assertThat(bench.channel.status(cookie))
                .extracting(TransferStatus::state, TransferStatus::residueBytes)
                .containsExactly(TransferState.ABORTED, 8L);
        expectEvidence(cookie);
    }

    @Test
    @DisplayName("C9: an acknowledgement")
    void shouldAcknowledge() {
        long cookie = withdrawnCopy();
        bench.channel.acknowledge(cookie);

        expectEvidence(cookie);
    }

    @Test
    @DisplayName("C15: a descriptor that is armed again")
    void shouldRearm() {
        Descriptor descriptor = bench.prep(Flag.REUSE, Flag.ACK);
        long cookie = bench.channel.trySubmit(descriptor);
        bench.channel.terminateAsync();

        assertThatCode(descriptor::rearm).doesNotThrowAnyException();
        expectEvidence(cookie);
    }

    @Test
    @DisplayName("C12: an engine that is lost")
    void shouldBelongToItsGenerationOnLostChannel() {
        long cookie = withdrawnCopy();
        bench.backend.queue().lost("gone", null);

        expectEvidence(cookie);
    }

    @Test
    @DisplayName("C4: an engine that ends newer copies")
    void shouldNotPassForCompleteWithNewerRun() {
        long cookie = withdrawnCopy();
        long newer = bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        bench.channel.issuePending();
        assertThat(bench.backend.queue().nextCopies()).isNotNull();
        bench.backend.queue().endCopies(1);

        assertThat(bench.channel.state(newer)).isEqualTo(TransferState.COMPLETE);
        assertThat(bench.channel.state(cookie)).isEqualTo(TransferState.ABORTED);
        expectEvidence(cookie);
    }

    @Test
    @DisplayName("Behind it a look at a state needs no lock again")
    void shouldLeaveNothingAhead() {
        long cookie = withdrawnCopy();
        assertThat(channel.ring.isAnyEndedAhead()).isTrue();
        expectEvidence(cookie);

        assertThat(channel.ring.isAnyEndedAhead()).isFalse();
    }

    @Test
    @DisplayName("P10: terminations of nothing are not kept")
    void shouldNotKeepTerminationsOfNothing() {
        for (int i = 0; i < 100; i++) {
            bench.channel.terminateAsync();
        }

        assertThat(channel.closed.snapshot()).hasSize(1);
        assertThat(bench.channel.synchronize(Duration.ZERO)).isInstanceOf(Quiesced.class);
    }
}
