package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** One outcome for each transfer (C2), and where it can be read. */
class OutcomeTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    private TransferState state(long cookie) {
        TransferState quick = bench.channel.state(cookie);
        assertThat(bench.channel.status(cookie).state()).isEqualTo(quick);
        return quick;
    }

    @Test
    @DisplayName("C2: in progress until it ended, then complete for ever")
    void shouldTellWhereTransferStands() {
        Transfer transfer = bench.submit();
        assertThat(state(transfer.cookie())).isEqualTo(TransferState.IN_PROGRESS);
        bench.channel.issuePending();
        bench.backend.take();
        assertThat(state(transfer.cookie())).isEqualTo(TransferState.IN_PROGRESS);
        assertThat(transfer.result()).isEmpty();

        bench.backend.complete(transfer.cookie());
        assertThat(state(transfer.cookie())).isEqualTo(TransferState.COMPLETE);
        bench.callbacks.run();
        assertThat(state(transfer.cookie())).isEqualTo(TransferState.COMPLETE);
        assertThat(transfer.result())
                .hasValueSatisfying(result -> assertThat(result.isWhole()).isTrue());
    }

    @Test
    @DisplayName("C2: cookies that were never given out are unknown")
    void shouldNotKnowForeignCookies() {
        bench.complete();
        bench.callbacks.run();

        assertThat(state(0)).isEqualTo(TransferState.UNKNOWN);
        assertThat(state(-1)).isEqualTo(TransferState.UNKNOWN);
        assertThat(state(2)).isEqualTo(TransferState.UNKNOWN);
        assertThat(state(Long.MAX_VALUE)).isEqualTo(TransferState.UNKNOWN);
        assertThat(state(Long.MIN_VALUE)).isEqualTo(TransferState.UNKNOWN);
        assertThat(bench.channel.status(99).residueBytes()).isZero();
    }

    @Test
    @DisplayName("C2: many virtual and platform threads await one transfer, and all are woken")
    void shouldWakeVirtualThreads() {
        Transfer transfer = bench.start();
        List<Thread> awaiting = new ArrayList<>();
        List<Outcome> seen = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 64; i++) {
            Runnable wait = () -> seen.add(transfer.await().outcome());
            awaiting.add(Thread.ofVirtual().start(wait));
            awaiting.add(Thread.ofPlatform().start(wait));
        }
        Awaitility.await()
                .atMost(Bench.DEADLINE)
                .until(() -> awaiting.stream().allMatch(bench.time::isParked));
        bench.backend.complete(transfer.cookie());
        awaiting.forEach(Bench::join);

        assertThat(seen).hasSize(128).containsOnly(Outcome.COMPLETE);
    }

    @Test
    @DisplayName("C5: what hangs on one future may wait for another, whatever ends them together")
    void shouldLetFuturesWaitForOneAnother() throws Exception {
        Transfer first = bench.start();
        Transfer second = bench.start();
        CompletableFuture<TransferResult> itsSecond = first.toFuture();
        CompletableFuture<TransferResult> other = second.toFuture();
        CompletableFuture<TransferResult> itsFirst = first.toFuture();
        List<CompletableFuture<Void>> waiting =
                List.of(
                        itsFirst.thenRun(() -> join(other)),
                        itsSecond.thenRun(() -> join(itsFirst)),
                        other.thenRun(() -> join(itsSecond)));

        bench.backend.completeTogether(first.cookie(), second.cookie());

        for (CompletableFuture<Void> each : waiting) {
            each.get(Bench.DEADLINE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static void join(CompletableFuture<TransferResult> future) {
        assertThat(future)
                .succeedsWithin(Bench.DEADLINE)
                .extracting(TransferResult::outcome)
                .isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @DisplayName("C2: complete with a residue when the source ended early, and it stays")
    void shouldKeepResidueOfEarlyEnd() {
        Transfer transfer = bench.start();
        bench.backend.queue().end(transfer.cookie(), Outcome.COMPLETE, 20);
        bench.callbacks.run();

        assertThat(state(transfer.cookie())).isEqualTo(TransferState.COMPLETE);
        assertThat(bench.channel.status(transfer.cookie()).residueBytes()).isEqualTo(44);
        TransferResult result = transfer.await();
        assertThat(result.bytes()).isEqualTo(20);
        assertThat(result.residueBytes()).isEqualTo(44);
        assertThat(result.isWhole()).isFalse();
    }

    @Test
    @DisplayName("C2: ABORTED is never COMPLETE, though all its bytes were moved")
    void shouldStayAbortedWithoutResidue() {
        Transfer transfer = bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortOne(transfer.cookie(), 64);

        assertThat(transfer.await().residueBytes()).isZero();
        assertThat(state(transfer.cookie())).isEqualTo(TransferState.ABORTED);
    }

    @Test
    @DisplayName("R6: a channel lets go of transfers that are over, with their futures")
    void shouldLetGoOfTransfers() throws Exception {
        WeakReference<Transfer> over = new WeakReference<>(completed());

        Awaitility.await()
                .atMost(Bench.DEADLINE)
                .until(() -> {
                    System.gc();
                    return over.refersTo(null);
                });
    }

    private Transfer completed() throws Exception {
        Transfer transfer = bench.channel.submit(bench.prep());
        bench.channel.issuePending();
        bench.backend.take();
        CompletableFuture<TransferResult> future = transfer.toFuture();
        bench.backend.complete(transfer.cookie());
        assertThat(future.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.COMPLETE);
        return transfer;
    }

    @Test
    @DisplayName("R6: a transfer that is over keeps none of the futures that are asked for then")
    void shouldKeepNoFutureAfterOutcome() {
        Transfer transfer = bench.complete();
        List<WeakReference<CompletableFuture<TransferResult>>> futures = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            CompletableFuture<TransferResult> future = transfer.toFuture();
            assertThat(future).isCompletedWithValueMatching(TransferResult::isWhole);
            futures.add(new WeakReference<>(future));
        }

        Awaitility.await().atMost(Bench.DEADLINE).until(() -> areAllCleared(futures));
        assertThat(transfer.result()).isPresent();
    }

    @Test
    @DisplayName("C11: a deadline ends the wait: the transfer keeps no thread that waited")
    void shouldKeepNoThreadAfterDeadline() {
        Transfer transfer = bench.start();
        List<WeakReference<Thread>> threads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Thread thread = Thread.ofPlatform().start(() -> transfer.await(Duration.ZERO));
            Bench.join(thread);
            threads.add(new WeakReference<>(thread));
        }

        Awaitility.await().atMost(Bench.DEADLINE).until(() -> areAllCleared(threads));
        assertThat(transfer.result()).isEmpty();
    }

    private static <T> boolean areAllCleared(List<WeakReference<T>> references) {
        System.gc();
        return references.stream().allMatch(each -> each.refersTo(null));
    }

    @Test
    @DisplayName("C11: a deadline takes nobody off who waits on, and is woken by the outcome")
    void shouldWakeOthersAfterDeadline() {
        Transfer transfer = bench.start();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Duration timeout = Duration.ofSeconds(i % 2 == 0 ? 1 : 1000);
            waiting.add(bench.waiting(() -> transfer.await(timeout)));
        }
        bench.time.advance(Duration.ofSeconds(1).toNanos());
        for (int i = 0; i < 6; i += 2) {
            Bench.join(waiting.get(i));
        }
        assertThat(waiting.stream().filter(Thread::isAlive)).hasSize(3);
        bench.backend.complete(transfer.cookie());

        waiting.forEach(Bench::join);
    }

    @Test
    @DisplayName("P9: a failure names side, bytes and native code")
    void shouldKeepErrorOfEngine() {
        Transfer transfer = bench.start();
        bench.backend.fail(
                transfer.cookie(), Outcome.WRITE_FAILED, 8, TransferError.of(28, "no space"));

        assertThat(state(transfer.cookie())).isEqualTo(TransferState.ERROR);
        TransferResult result = transfer.await();
        assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
        assertThat(result.bytes()).isEqualTo(8);
        assertThat(result.error())
                .hasValueSatisfying(error -> assertThat(error.nativeCode()).isEqualTo(28));
    }

    @Test
    void shouldGiveErrorEvenIfEngineTellsNone() {
        Transfer transfer = bench.start();
        bench.backend.queue().end(transfer.cookie(), Outcome.READ_FAILED, 0);

        assertThat(transfer.await().error()).isPresent();
    }

    @Test
    @DisplayName("C2: residue follows progress, within the length, before and while it runs")
    void shouldBoundResidueByLength() {
        Transfer transfer = bench.issue();
        assertThat(bench.channel.status(transfer.cookie()).residueBytes()).isEqualTo(64);
        assertThat(bench.channel.status(transfer.cookie()).inFlightBytes()).isZero();
        bench.backend.take();
        for (long told : new long[] {0, 10, 64, 65, -3, Long.MAX_VALUE, Long.MIN_VALUE}) {
            bench.backend.issued(transfer.cookie()).progress(told);
            TransferStatus status = bench.channel.status(transfer.cookie());
            assertThat(status.residueBytes()).isBetween(0L, 64L);
            assertThat(status.inFlightBytes()).isBetween(0L, 64L);
        }
    }

    @Test
    @DisplayName("C2: out of order ends; the completed cookie is the last without a gap")
    void shouldTellLastCookieWithoutGap() {
        bench.start();
        bench.start();
        bench.start();
        bench.backend.complete(3);
        assertThat(bench.channel.status(3).completedCookie()).isZero();
        assertThat(state(3)).isEqualTo(TransferState.COMPLETE);
        assertThat(state(1)).isEqualTo(TransferState.IN_PROGRESS);
        bench.backend.complete(1);
        assertThat(bench.channel.status(1).completedCookie()).isEqualTo(1);
        bench.backend.complete(2);
        assertThat(bench.channel.status(1).completedCookie()).isEqualTo(3);
        assertThat(bench.channel.status(1).usedCookie()).isEqualTo(3);

        bench.callbacks.run();
        assertThat(bench.called).as("C3: completion order").containsExactly(3L, 1L, 2L);
    }

    @Test
    @DisplayName("C2: beyond the horizon a cookie is unknown, never complete")
    void shouldForgetBeyondHorizonAsUnknown() {
        long aborted = 0;
        while (aborted < OutcomeHistory.KEPT_MAX + 1) {
            for (int i = 0; i < 1000; i++) {
                bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8);
                aborted++;
            }
            bench.channel.terminateSync();
        }

        assertThat(state(1)).isEqualTo(TransferState.UNKNOWN);
        assertThat(bench.channel.status(1).residueBytes()).isZero();
        assertThat(state(aborted)).isEqualTo(TransferState.ABORTED);
        assertThat(bench.channel.status(aborted).residueBytes()).isEqualTo(8);
    }

    @Test
    @DisplayName("C5: the future is completed on termination too; cancelling it only detaches it")
    void shouldCompleteFutures() throws Exception {
        Transfer running = bench.start();
        Transfer queued = bench.submit();
        CompletableFuture<TransferResult> cancelled = running.toFuture();
        CompletableFuture<TransferResult> kept = running.toFuture();
        CompletableFuture<TransferResult> ofQueued = queued.toFuture();
        assertThat(cancelled.cancel(true)).isTrue();
        assertThat(state(running.cookie())).isEqualTo(TransferState.IN_PROGRESS);

        bench.channel.terminateAsync();
        assertThat(ofQueued.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.ABORTED);
        bench.backend.complete(running.cookie());
        assertThat(kept.get(20, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(running.toFuture()).isCompleted();
    }

    @Test
    @DisplayName("C3: what hangs on a future runs on the engine's threads, not inside its report")
    void shouldCompleteFutureOutsideReport() throws Exception {
        Transfer transfer = bench.start();
        CompletableFuture<String> where =
                transfer.toFuture().thenApply(result -> Thread.currentThread().getName());
        bench.backend.complete(transfer.cookie());

        assertThat(where.get(20, TimeUnit.SECONDS)).startsWith("dma-callback-");
    }

    @Test
    @DisplayName("C5: nobody waits for ever on a terminated transfer")
    void shouldWakeWaitersAtTermination() {
        Transfer queued = bench.submit();
        Thread first = bench.waiting(queued::await);
        Thread second = bench.waiting(queued::await);
        bench.channel.terminateAsync();

        Bench.join(first);
        Bench.join(second);
        assertThat(queued.await().outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(queued.await().bytes()).isZero();
    }
}
