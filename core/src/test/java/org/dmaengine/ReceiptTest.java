package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Evidence that must not get lost between several who terminate, wait and close (C9). */
class ReceiptTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C7, C9: terminateSync lists what it terminated, also if another collected it")
    void shouldListWhatItTerminatedItself() {
        List<Receipt> others = new CopyOnWriteArrayList<>();
        Transfer transfer = bench.start();
        bench.backend.onAbort =
                () -> {
                    bench.backend.abortAll();
                    Bench.join(bench.thread(() -> others.add(bench.channel.synchronize())));
                };
        Receipt receipt = bench.channel.terminateSync();

        assertThat(others).singleElement().satisfies(other -> assertAborted(other, transfer));
        assertAborted(receipt, transfer);
    }

    @Test
    @DisplayName("C7, C9: what the abort threw is in the receipt, though all had ended before")
    void shouldTellAbortErrorOfWhatHasEnded() {
        Transfer transfer = bench.start();
        bench.backend.onAbort =
                () -> {
                    bench.backend.abortAll();
                    throw new IllegalStateException("on purpose");
                };
        Receipt receipt = bench.channel.terminateSync();

        assertAborted(receipt, transfer);
        assertThat(receipt.abortError())
                .hasValueSatisfying(thrown -> assertThat(thrown).hasMessage("on purpose"));
        bench.start();
        bench.backend.onAbort = bench.backend::abortAll;
        assertThat(bench.channel.terminateSync().abortError()).isEmpty();
    }

    @Test
    @DisplayName("C9, C12: on a lost engine the exception has what was over before")
    void shouldTellWhatIsOverOnLostEngine() {
        Transfer transfer = bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortAll();
        bench.start();
        bench.backend.queue().lost("on purpose", null);

        assertThatThrownBy(bench.channel::synchronize)
                .isInstanceOfSatisfying(
                        EngineLostException.class,
                        lost -> assertAborted(lost.evidence().receipt(), transfer));
        assertThatThrownBy(bench.channel::drain)
                .isInstanceOfSatisfying(
                        EngineLostException.class,
                        lost -> assertAborted(lost.evidence().receipt(), transfer));
        bench.backend.completeAll();
    }

    @Test
    @DisplayName("C9, C11: a close that is too early to release tells what is over")
    void shouldTellWhatIsOverWhenNotIdle() {
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch inside = new CountDownLatch(1);
        Transfer transfer = bench.start();
        bench.backend.onAbort =
                () -> {
                    bench.backend.abortAll();
                    inside.countDown();
                    Bench.await(leave);
                };
        Thread terminating = bench.thread(bench.channel::terminateAsync);
        Bench.await(inside);
        Quiescence early = bench.channel.close(Duration.ZERO);
        leave.countDown();
        Bench.join(terminating);

        assertThat(early).isInstanceOf(StillOwned.class);
        assertAborted(early.receipt(), transfer);
    }

    private static void assertAborted(Receipt receipt, Transfer transfer) {
        assertThat(receipt.entry(transfer.cookie()))
                .hasValueSatisfying(
                        entry -> assertThat(entry.outcome()).isEqualTo(Outcome.ABORTED));
    }
}
