package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Close of a channel is terminateSync and release, however many close it (C14). */
class CloseTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C14: it terminates, waits, and releases the engine's channel once")
    void shouldTerminateWaitAndRelease() {
        Transfer running = bench.start();
        Transfer queued = bench.submit();
        Thread closer = bench.waiting(bench.channel::close);
        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(bench.backend.closes).hasValue(0);
        assertThat(queued.await().outcome()).isEqualTo(Outcome.ABORTED);
        bench.backend.abortOne(running.cookie(), 2);
        Bench.join(closer);

        assertThat(bench.backend.closes).hasValue(1);
        assertThat(bench.engine.channels()).isEmpty();
        bench.channel.close();
        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("nothing keeps a closed channel in memory")
    void shouldBeForgottenOnceClosed() {
        WeakReference<DmaChannel> closed = new WeakReference<>(bench.request(request -> request));
        Optional.ofNullable(closed.get()).ifPresent(DmaChannel::close);
        bench.provider.channels.removeLast();

        await().atMost(Bench.DEADLINE)
                .until(() -> {
                    System.gc();
                    return closed.get() == null;
                });
    }

    @Test
    @DisplayName("C14: after close everything new is refused, what was can be asked")
    void shouldRefuseAfterClose() {
        bench.complete();
        Descriptor prepared = bench.prep();
        bench.channel.close();

        assertThatThrownBy(bench::prep).isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(() -> bench.channel.submit(prepared))
                .isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(() -> bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8))
                .isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(bench.channel::pause).isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(bench.channel::resume).isInstanceOf(ChannelClosedException.class);
        assertThatCode(
                        () -> {
                            bench.channel.issuePending();
                            bench.channel.terminateAsync();
                            bench.channel.synchronize();
                            bench.channel.terminateSync();
                            bench.channel.drain();
                            bench.channel.acknowledge(1);
                        })
                .doesNotThrowAnyException();
        assertThat(bench.channel.state(1)).isEqualTo(TransferState.COMPLETE);
    }

    @Test
    @DisplayName("C14: between the call of close and its end nothing new is taken")
    void shouldRefuseWhileClosing() {
        bench.start();
        Descriptor prepared = bench.prep();
        Thread closer = bench.waiting(bench.channel::close);

        assertThatThrownBy(() -> bench.channel.submit(prepared))
                .isInstanceOf(ChannelClosedException.class);
        bench.channel.issuePending();
        assertThat(bench.backend.take()).isEmpty();
        bench.backend.abortAll();
        Bench.join(closer);
    }

    @Test
    @DisplayName("C14: concurrent closers all return only when it is quiet")
    void shouldLetAllClosersWait() {
        bench.start();
        List<Thread> closers = new ArrayList<>();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 4; i++) {
            closers.add(
                    bench.waiting(() -> {
                        try {
                            bench.channel.close();
                            assertThat(bench.backend.closes).hasValue(1);
                        } catch (RuntimeException | Error any) {
                            thrown.add(any);
                        }
                    }));
        }
        assertThat(closers).allMatch(Thread::isAlive);
        bench.backend.abortAll();
        closers.forEach(Bench::join);

        assertThat(thrown).isEmpty();
        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("C14: nobody returns before the engine's side is closed")
    void shouldWaitForRelease() {
        HeldCall held = new HeldCall();
        bench.start();
        bench.channel.terminateAsync();
        bench.backend.abortAll();
        bench.backend.onSynchronize =
                deadlineNanos -> {
                    held.hold();
                    return true;
                };
        Thread first = bench.thread(bench.channel::close);
        held.awaitInside();
        Thread second = bench.thread(bench.channel::close);
        assertThat(bench.backend.closes).hasValue(0);
        held.release();
        Bench.join(first);
        Bench.join(second);

        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("C14: a closed channel's place can be requested again")
    void shouldGiveBackPlace() {
        try (Bench one = new Bench(ManualEngine.ofChannels(1), request -> request)) {
            assertThatThrownBy(() -> one.request(request -> request))
                    .isInstanceOf(ChannelBusyException.class);
            one.channel.close();
            DmaChannel again = one.request(request -> request);

            assertThat(again).isNotSameAs(one.channel);
            assertThat(one.provider.indexesOpened).containsExactly(0, 0);
        }
    }

    @Test
    @DisplayName("R20: close of a paused channel")
    void shouldClosePausedChannel() {
        bench.start();
        bench.channel.pause();
        bench.issue();
        Thread closer = bench.waiting(bench.channel::close);
        bench.backend.abortAll();

        Bench.join(closer);
    }

    @Test
    @DisplayName("C14: a close waits for a callback that runs, and for the thread in the engine")
    void shouldWaitForThreadInsideEngine() {
        bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onPause =
                () -> {
                    held.hold();
                    return true;
                };
        Thread pauser =
                bench.thread(() ->
                        assertThatThrownBy(bench.channel::pause)
                                .isInstanceOf(IllegalStateException.class));
        held.awaitInside();
        Thread closer = bench.waiting(bench.channel::close);
        bench.backend.abortAll();
        // It has seen that all is quiet, and waits for nothing but that thread.
        await().atMost(Bench.DEADLINE)
                .until(() ->
                        bench.backend.synchronizes.get() == 1
                                && (bench.time.isParked(closer) || !closer.isAlive()));
        assertThat(bench.backend.closes).as("a thread is in its pause()").hasValue(0);
        held.release();
        Bench.join(closer);
        Bench.join(pauser);

        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("C11, C14: close with a deadline while a thread is inside the engine: not closed")
    void shouldAnswerStillOwnedForThreadInsideEngine() {
        bench.start();
        HeldCall held = new HeldCall();
        bench.backend.onPause =
                () -> {
                    held.hold();
                    return true;
                };
        Thread pauser =
                bench.thread(() ->
                        assertThatThrownBy(bench.channel::pause)
                                .isInstanceOf(IllegalStateException.class));
        held.awaitInside();
        bench.channel.terminateAsync();
        bench.backend.abortAll();

        assertThat(bench.channel.close(Duration.ZERO))
                .isInstanceOfSatisfying(
                        StillOwned.class,
                        owned -> {
                            assertThat(owned.transfers()).isEmpty();
                            assertThat(owned.reason()).contains("not idle");
                        });
        assertThat(bench.backend.closes).hasValue(0);
        held.release();
        Bench.join(pauser);
        bench.channel.close();
        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("C14: who waits for another closer is woken when that one has released it")
    void shouldWakeCloserWhoWaitsForRelease() {
        CountDownLatch releasing = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        bench.provider.onChannelClose =
                () -> {
                    releasing.countDown();
                    Bench.await(leave);
                };
        Thread first = bench.thread(bench.channel::close);
        Bench.await(releasing);
        Thread second = bench.waiting(bench.channel::close);
        assertThat(second.isAlive()).isTrue();
        leave.countDown();

        Bench.join(first);
        Bench.join(second);
        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("C14: it is not released while another thread waits for the engine's proof")
    void shouldNotReleaseUnderProof() {
        HeldCall proof = new HeldCall();
        bench.backend.onSynchronize =
                deadlineNanos -> {
                    proof.hold();
                    return true;
                };
        bench.complete();
        bench.callbacks.run();
        bench.channel.terminateAsync();
        Thread synchronizer = bench.thread(bench.channel::synchronize);
        proof.awaitInside();
        bench.backend.onSynchronize = deadlineNanos -> true;
        Thread closer = bench.waiting(bench.channel::close);

        assertThat(closer.isAlive()).isTrue();
        assertThat(bench.backend.closes).hasValue(0);
        proof.release();
        Bench.join(synchronizer);
        Bench.join(closer);
        assertThat(bench.backend.closes).hasValue(1);
    }

    @Test
    @DisplayName("C11: close with a deadline while a callback does not return")
    void shouldAnswerStillOwnedForCallback() {
        Bench.BlockedCallback callback = bench.blockedCallback();

        assertThat(bench.channel.close(Duration.ZERO))
                .isInstanceOfSatisfying(
                        StillOwned.class, owned -> assertThat(owned.callback()).isPresent());
        callback.release();
        assertThat(bench.channel.close(Duration.ZERO).isQuiesced()).isTrue();
        assertThat(bench.backend.closes).hasValue(1);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C14: a backend whose close throws is reported, and the channel is closed")
    void shouldCloseThoughBackendThrows() {
        ManualEngine provider = ManualEngine.ofChannels(1);
        provider.onChannelClose =
                () -> {
                    throw new IllegalStateException("no");
                };
        List<Fault> faults = new CopyOnWriteArrayList<>();
        DmaEngine engine =
                DmaEngines.open(provider, EngineOptions.defaults().withFaults(faults::add));
        DmaChannel channel = engine.requestChannel(Capability.MEMCPY);
        channel.close();
        engine.close();

        assertThat(faults).extracting(Fault::kind).containsExactly(Fault.Kind.ENGINE_THREW);
        assertThat(provider.closed).isTrue();
    }
}
