package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.lang.Thread.State;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** A deadline ends the wait and never the ownership; an interrupt ends neither (C11). */
class TimedWaitTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C11, E3: at the deadline it names transfers, buffers and reason; they stay owned")
    void shouldNameWhatIsStillOwned() {
        Transfer running = bench.start();
        Transfer queued = bench.issue();
        AtomicReference<Quiescence> answer = new AtomicReference<>();
        Thread waiter = bench.waiting(() -> answer.set(bench.channel.terminateSync(SECOND)));
        bench.time.advance(SECOND.toNanos() - 1);
        assertThat(waiter.isAlive()).isTrue();
        bench.time.advance(1);
        Bench.join(waiter);

        StillOwned owned = (StillOwned) answer.get();
        assertThat(owned.transfers())
                .singleElement()
                .satisfies(transfer -> {
                    assertThat(transfer.cookie()).isEqualTo(running.cookie());
                    assertThat(transfer.started()).isTrue();
                    assertThat(transfer.bufferBytes()).isEqualTo(2L * Bench.LENGTH_BYTES);
                });
        assertThat(owned.receipt().entry(queued.cookie())).isPresent();
        assertThat(owned.reason()).contains("deadline");
        assertThatThrownBy(bench.arena::close).isInstanceOf(BuffersInFlightException.class);

        bench.backend.abortAll();
        assertThat(Bench.outcomes(bench.channel.synchronize()))
                .as("nothing was lost by looking")
                .containsOnlyKeys(running.cookie(), queued.cookie());
    }

    @Test
    @DisplayName("C11: what was still owned stays named, whatever has its place by now")
    void shouldKeepNamingBuffersThatWereOwned() {
        DmaChannel one = bench.request(request -> request.withDepth(1));
        ManualBackend backend = bench.provider.channels.getLast();
        PeripheralConfig config =
                PeripheralConfig.read(
                        Peripheral.of(Channels.newChannel(new ByteArrayInputStream(new byte[8]))));
        MemorySegment first = bench.target.asSlice(0, 8);
        one.tryPeripheral(config, 0, first);
        one.issuePending();
        backend.take();
        StillOwned owned = (StillOwned) one.drain(Duration.ZERO);
        backend.completeAll();
        assertThat(one.tryPeripheral(config, 0, bench.target.asSlice(16, 16))).isNotZero();

        assertThat(owned.transfers())
                .singleElement()
                .satisfies(transfer -> assertThat(transfer.buffers()).containsExactly(first));
    }

    @Test
    @DisplayName("C11, E17: it names the callback that does not return")
    void shouldNameCallbackThatDoesNotReturn() {
        Bench.BlockedCallback callback = bench.blockedCallback();

        for (Quiescence answer :
                new Quiescence[] {
                    bench.channel.synchronize(Duration.ZERO),
                    bench.channel.terminateSync(Duration.ZERO)
                }) {
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            StillOwned.class,
                            owned -> {
                                assertThat(owned.transfers()).isEmpty();
                                assertThat(owned.callback())
                                        .contains(
                                                new RunningCallback(
                                                        bench.channel.name(),
                                                        1,
                                                        callback.runner().getName()));
                            });
        }
        callback.release();
        assertThat(bench.channel.synchronize(Duration.ZERO).isQuiesced()).isTrue();
    }

    @Test
    @DisplayName("P5: an engine that cannot prove it in time is believed, and asked again later")
    void shouldAskEngineAgain() {
        bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortAll();
        bench.backend.onSynchronize = deadlineNanos -> false;
        assertThat(bench.channel.synchronize(SECOND).isQuiesced()).isFalse();
        bench.backend.onSynchronize = deadlineNanos -> true;

        assertThat(bench.channel.synchronize(SECOND).receipt().entries()).hasSize(1);
        assertThat(bench.channel.synchronize(SECOND).receipt().entries()).isEmpty();
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C11: the engine is asked with the same deadline")
    void shouldGiveDeadlineToEngine() {
        bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortAll();
        AtomicReference<Long> deadline = new AtomicReference<>();
        bench.backend.onSynchronize =
                deadlineNanos -> {
                    deadline.set(deadlineNanos);
                    return true;
                };
        bench.channel.synchronize(SECOND);

        assertThat(deadline).hasValue(bench.time.nanoTime() + SECOND.toNanos());
    }

    @Test
    @DisplayName("C11: awaiting a transfer with a deadline")
    void shouldAwaitTransferWithDeadline() {
        Transfer running = bench.start();
        AtomicReference<Quiescence> answer = new AtomicReference<>();
        Thread waiter = bench.waiting(() -> answer.set(running.await(SECOND)));
        bench.time.advance(SECOND.toNanos());
        Bench.join(waiter);

        assertThat(answer.get())
                .isInstanceOfSatisfying(
                        StillOwned.class,
                        owned ->
                                assertThat(owned.transfers())
                                        .extracting(OwnedTransfer::cookie)
                                        .containsExactly(running.cookie()));
        bench.backend.complete(running.cookie());
        assertThat(running.await(Duration.ZERO).isQuiesced()).isTrue();
    }

    @Test
    @DisplayName(
            "C11: the timed form returns quiesced where the outcome came just behind the deadline")
    void shouldSeeOutcomeBehindDeadline() {
        Transfer running = bench.start();
        VirtualChannel channel = (VirtualChannel) bench.channel;
        AtomicReference<Quiescence> answer = new AtomicReference<>();
        synchronized (channel.lock) {
            Thread waiter = bench.thread(() -> answer.set(running.await(Duration.ZERO)));
            // Its deadline is over; now it wants to know what is still owned.
            await().atMost(Bench.DEADLINE).until(() -> waiter.getState() == State.BLOCKED);
            channel.engineSide.end(running.cookie(), Outcome.COMPLETE, Bench.LENGTH_BYTES);
        }
        await().atMost(Bench.DEADLINE).until(() -> answer.get() != null);

        assertThat(answer.get().isQuiesced()).isTrue();
    }

    @Test
    @DisplayName("C11: an interrupt does not cut the wait short, and is kept")
    void shouldKeepInterrupt() {
        Transfer running = bench.start();
        AtomicBoolean kept = new AtomicBoolean();
        AtomicBoolean keptByAwait = new AtomicBoolean();
        Thread waiter =
                bench.waiting(() -> {
                    bench.channel.terminateSync();
                    kept.set(Thread.currentThread().isInterrupted());
                });
        Thread awaiter =
                bench.waiting(() -> {
                    running.await();
                    keptByAwait.set(Thread.currentThread().isInterrupted());
                });
        waiter.interrupt();
        awaiter.interrupt();
        bench.time.advance(1);
        assertThat(waiter.isAlive() && awaiter.isAlive()).isTrue();
        bench.backend.abortAll();
        Bench.join(waiter);
        Bench.join(awaiter);

        assertThat(kept).isTrue();
        assertThat(keptByAwait).isTrue();
    }

    @Test
    @DisplayName("C11: an interrupt that was set before is kept too")
    void shouldKeepInterruptFromBefore() {
        Transfer running = bench.start();
        AtomicBoolean kept = new AtomicBoolean();
        Thread waiter =
                bench.waiting(() -> {
                    Thread.currentThread().interrupt();
                    bench.channel.drain();
                    kept.set(Thread.currentThread().isInterrupted());
                });
        bench.backend.complete(running.cookie());
        bench.callbacks.run();
        Bench.join(waiter);

        assertThat(kept).isTrue();
    }

    @Test
    @DisplayName("C11: a timeout too long for the clock is none")
    void shouldTakeEndlessTimeout() {
        bench.complete();
        bench.callbacks.run();

        assertThat(bench.channel.drain(Duration.ofSeconds(Long.MAX_VALUE)).isQuiesced()).isTrue();
        assertThat(bench.channel.terminateSync(Duration.ofNanos(Long.MAX_VALUE)).isQuiesced())
                .isTrue();
    }

    @Test
    @DisplayName("A negative timeout is refused and terminates nothing")
    void shouldRefuseNegativeTimeout() {
        Transfer running = bench.start();
        Duration negative = Duration.ofNanos(-1);

        assertThatThrownBy(() -> bench.channel.terminateSync(negative))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bench.channel.close(negative))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(bench.backend.aborts).hasValue(0);
        assertThat(running.result()).isEmpty();
    }
}
