package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** Termination at each place where a transfer can stand (C4, C5, C9, C15). */
class TerminateTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private Receipt.Entry entry(Receipt receipt, Transfer transfer) {
        assertThat(Bench.outcomes(receipt)).containsKey(transfer.cookie());
        return receipt.entry(transfer.cookie()).orElseThrow();
    }

    @Test
    @DisplayName("C4, C5: submitted: ABORTED with 0 bytes, never started, engine not bothered")
    void shouldAbortSubmitted() {
        Transfer submitted = bench.submit();
        Transfer issued = bench.issue();
        Transfer unissued = bench.submit();
        Receipt receipt = bench.channel.terminateSync();

        for (Transfer each : List.of(submitted, issued, unissued)) {
            Receipt.Entry entry = entry(receipt, each);
            assertThat(entry.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(entry.bytes()).isZero();
            assertThat(entry.residueBytes()).isEqualTo(64);
            assertThat(entry.callbackRan()).isFalse();
            assertThat(entry.proof()).isEqualTo(Proof.NEVER_STARTED);
            assertThat(each.await().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(bench.channel.state(each.cookie())).isEqualTo(TransferState.ABORTED);
        }
        assertThat(bench.backend.take()).isEmpty();
        assertThat(bench.backend.aborts).hasValue(0);
        assertThat(bench.backend.synchronizes).hasValue(0);
        bench.callbacks.run();
        assertThat(bench.called).as("R11").isEmpty();
    }

    @Test
    @DisplayName("C5: caught half-way: ABORTED with its real bytes, after its last touch only")
    void shouldAbortStarted() {
        Transfer transfer = bench.start();
        bench.channel.terminateAsync();
        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(bench.backend.issued(transfer.cookie()).stopRequested()).isTrue();
        assertThat(transfer.result()).as("it still touches its memory").isEmpty();
        assertThat(bench.channel.state(transfer.cookie())).isEqualTo(TransferState.IN_PROGRESS);

        bench.backend.abortOne(transfer.cookie(), 13);
        Receipt.Entry entry = entry(bench.channel.synchronize(), transfer);
        assertThat(entry.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(entry.bytes()).isEqualTo(13);
        assertThat(entry.residueBytes()).isEqualTo(51);
        assertThat(entry.proof()).isEqualTo(Proof.WORKER_IDLE);
        assertThat(bench.backend.synchronizes).hasValue(1);
        bench.callbacks.run();
        assertThat(bench.called).as("R16").isEmpty();
    }

    @Test
    @DisplayName("C5, E6: started and in truth complete before the stop: COMPLETE, no callback")
    void shouldKeepCompleteOfStarted() {
        Transfer transfer = bench.start();
        bench.channel.terminateAsync();
        bench.backend.complete(transfer.cookie());
        Receipt.Entry entry = entry(bench.channel.synchronize(), transfer);

        assertThat(entry.outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(entry.callbackRan()).isFalse();
        bench.callbacks.run();
        assertThat(bench.called).isEmpty();
    }

    @Test
    @DisplayName("C5, R35: ended, callback queued: COMPLETE in the receipt, callback not run")
    void shouldRevokeQueuedCallback() {
        Transfer transfer = bench.complete();
        Receipt receipt = bench.channel.terminateSync();
        bench.callbacks.run();

        assertThat(bench.called).isEmpty();
        assertThat(entry(receipt, transfer).outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(entry(receipt, transfer).callbackRan()).isFalse();
        assertThat(transfer.await().outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @DisplayName("C4, R1: callback claimed: async does not wait for it, synchronize does")
    void shouldWaitForClaimedCallback() {
        Bench.BlockedCallback callback = bench.blockedCallback();

        bench.channel.terminateAsync();
        Thread waiter = bench.waiting(bench.channel::synchronize);
        assertThat(waiter.isAlive()).isTrue();
        callback.leave().countDown();
        Bench.join(waiter);
        Bench.join(callback.runner());
        assertThat(callback.transfer().await().outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @DisplayName("C9: a callback that ran across the termination is listed as run")
    void shouldListCallbackThatRan() {
        Transfer transfer =
                bench.submit(bench.prep().onComplete(result -> bench.channel.terminateAsync()));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        bench.callbacks.run();

        Receipt.Entry entry = entry(bench.channel.synchronize(), transfer);
        assertThat(entry.callbackRan()).isTrue();
        assertThat(entry.outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @DisplayName("C9: the receipt tells nothing of a transfer that had the place before")
    void shouldForgetTransferBefore() {
        try (Bench narrow = new Bench(request -> request.withDepth(1))) {
            narrow.complete();
            narrow.callbacks.run();
            assertThat(narrow.called).containsExactly(1L);
            Transfer second = narrow.issue();

            Receipt.Entry entry = entry(narrow.channel.terminateSync(), second);
            assertThat(entry.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(entry.bytes()).isZero();
            assertThat(entry.callbackRan()).isFalse();
            assertThat(entry.proof()).isEqualTo(Proof.NEVER_STARTED);
        }
    }

    @Test
    @DisplayName("C9: what was over before the termination is not listed again")
    void shouldNotListWhatWasOver() {
        bench.complete();
        bench.callbacks.run();

        assertThat(bench.channel.terminateSync().entries()).isEmpty();
    }

    @Test
    @DisplayName("C9: each transfer once, over several terminations and synchronizes")
    void shouldListEachTransferOnce() {
        bench.complete();
        bench.start();
        bench.issue();
        bench.submit();
        bench.channel.terminateAsync();
        bench.channel.terminateAsync();
        bench.submit();
        bench.channel.terminateAsync();
        bench.backend.abortAll();

        assertThat(Bench.outcomes(bench.channel.synchronize()))
                .isEqualTo(
                        Map.of(
                                1L, Outcome.COMPLETE,
                                2L, Outcome.ABORTED,
                                3L, Outcome.ABORTED,
                                4L, Outcome.ABORTED,
                                5L, Outcome.ABORTED));
        assertThat(bench.channel.synchronize().entries()).isEmpty();
    }

    @Test
    @DisplayName("C4: idempotent; on an empty channel nothing happens")
    void shouldTerminateEmptyChannel() {
        bench.channel.terminateAsync();
        bench.channel.terminateAsync();

        assertThat(bench.channel.terminateSync().entries()).isEmpty();
        assertThat(bench.backend.aborts).hasValue(0);
        assertThat(bench.complete().result()).isPresent();
    }

    @Test
    @DisplayName("C4: neighbour channels are left alone")
    void shouldLeaveNeighbourAlone() {
        DmaChannel other = bench.request(request -> request);
        other.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        other.issuePending();
        ManualBackend itsBackend = bench.provider.channels.getLast();
        itsBackend.take();
        bench.start();
        bench.channel.terminateAsync();

        assertThat(itsBackend.aborts).hasValue(0);
        assertThat(other.state(1)).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C15: prepared, not submitted: stale, and nothing leaks")
    void shouldRefuseStaleDescriptor() {
        Descriptor stale = bench.prep();
        Descriptor reusable = bench.prep(Flag.INTERRUPT, Flag.ACK, Flag.REUSE);
        bench.channel.terminateAsync();

        assertThatThrownBy(() -> bench.channel.submit(stale))
                .isInstanceOf(StaleDescriptorException.class);
        assertThatThrownBy(() -> bench.channel.trySubmit(reusable))
                .isInstanceOf(StaleDescriptorException.class)
                .hasMessageContaining("rearm");
        assertThatThrownBy(stale::rearm).isInstanceOf(IllegalStateException.class);
        assertThat(bench.submit(reusable.rearm()).cookie()).isEqualTo(1);
    }

    @Test
    @DisplayName("C15: a reusable one comes back once it has its outcome, and not before")
    void shouldRearmAfterOutcome() {
        Descriptor reusable = bench.prep(Flag.INTERRUPT, Flag.ACK, Flag.REUSE);
        Transfer first = bench.submit(reusable);
        bench.channel.issuePending();
        bench.backend.take();
        bench.channel.terminateAsync();
        assertThatThrownBy(reusable::rearm)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("outcome");
        bench.backend.abortOne(first.cookie(), 0);

        assertThat(bench.submit(reusable.rearm()).cookie()).isEqualTo(2);
        assertThatThrownBy(() -> bench.channel.submit(reusable))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("C18: terminateAll is terminateAsync")
    @SuppressWarnings("deprecation")
    void shouldTerminateAll() {
        Transfer running = bench.start();
        bench.channel.terminateAll();

        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(running.result()).isEmpty();
    }
}
