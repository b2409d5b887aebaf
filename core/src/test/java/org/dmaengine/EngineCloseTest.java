package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Closing an engine closes its channels first, whoever opens or closes meanwhile (C14). */
class EngineCloseTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C14: all channels are told to stop before the first is waited for")
    void shouldTellAllBeforeWaiting() {
        bench.start();
        DmaChannel other = bench.request(request -> request);
        other.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        other.issuePending();
        ManualBackend itsBackend = bench.provider.channels.getLast();
        itsBackend.take();
        Thread closer = bench.waiting(bench.engine::close);
        assertThat(bench.backend.aborts).hasValueGreaterThan(0);
        assertThat(itsBackend.aborts).hasValueGreaterThan(0);
        assertThat(bench.provider.closed).isFalse();
        bench.backend.abortAll();
        itsBackend.abortAll();
        Bench.join(closer);

        assertThat(bench.provider.closed).isTrue();
        assertThat(itsBackend.closes).hasValue(1);
        bench.engine.close();
    }

    @Test
    @DisplayName("C14: an engine that throws when it is closed is told as a fault, and is closed")
    void shouldReportEngineThatThrows() {
        bench.provider.onClose =
                () -> {
                    throw new IllegalStateException("planted");
                };
        bench.engine.close();

        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_THREW);
        assertThat(bench.faults.getFirst().message()).contains("close", "planted");
        bench.engine.close();
    }

    @Test
    @DisplayName("C14: a closed engine gives no channels")
    void shouldRefuseChannelsAfterClose() {
        bench.engine.close();

        assertThatThrownBy(() -> bench.engine.requestChannel(Capability.MEMCPY))
                .isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(bench::prep).isInstanceOf(ChannelClosedException.class);
    }

    @Test
    @DisplayName("C14: a request that races the close never reaches a closed backend")
    void shouldNotOpenChannelOnClosedBackend() {
        CountDownLatch inFilter = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicReference<DmaChannel> opened = new AtomicReference<>();
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread requester =
                bench.thread(() -> {
                    try {
                        opened.set(
                                bench.request(request ->
                                        request.withFilter(info -> {
                                            inFilter.countDown();
                                            Bench.await(leave);
                                            return true;
                                        })));
                    } catch (ChannelClosedException closed) {
                        refused.set(closed);
                    }
                });
        Bench.await(inFilter);
        Thread closer = bench.thread(bench.engine::close);
        Bench.awaitClosing(bench.engine);
        leave.countDown();
        Bench.join(requester);
        Bench.join(closer);

        assertThat(bench.provider.openedAfterClose).isFalse();
        assertThat(bench.provider.closed).isTrue();
        assertThat(bench.engine.channels()).isEmpty();
        if (opened.get() == null) {
            assertThat(refused.get()).isNotNull();
        } else {
            assertThatThrownBy(() -> opened.get().tryMemcpy(bench.target, 0, bench.source, 0, 8))
                    .isInstanceOf(ChannelClosedException.class);
        }
    }

    @Test
    @DisplayName("C14: two close it at once; both return when it is quiet")
    void shouldLetBothClosersWait() {
        bench.start();
        Thread first = bench.waiting(bench.engine::close);
        Thread second = bench.waiting(bench.engine::close);
        assertThat(first.isAlive() && second.isAlive()).isTrue();
        bench.backend.abortAll();

        Bench.join(first);
        Bench.join(second);
        assertThat(bench.provider.closed).isTrue();
    }

    @Test
    @DisplayName("C14: of two closers none returns while the other is inside the engine's close")
    void shouldHoldSecondCloserWhileEngineCloses() {
        HeldCall held = new HeldCall();
        bench.provider.onClose = held::hold;
        Thread first = bench.thread(bench.engine::close);
        held.awaitInside();
        Thread second = bench.waiting(bench.engine::close);
        assertThat(second.isAlive()).isTrue();
        held.release();

        Bench.join(first);
        Bench.join(second);
        bench.engine.close();
    }

    @Test
    @DisplayName("C14: an engine that closes itself when it is closed does not wait for itself")
    void shouldNotWaitForItself() {
        bench.provider.onClose = bench.engine::close;
        Bench.join(bench.thread(bench.engine::close));

        assertThat(bench.provider.closed).isTrue();
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C12: with a lost channel it throws, and can be closed after the late proof")
    void shouldCloseAfterLateProof() {
        bench.start();
        bench.backend.queue().lost("gone", null);
        assertThatThrownBy(bench.engine::close).isInstanceOf(EngineLostException.class);
        assertThat(bench.provider.closed).isFalse();
        bench.backend.abortAll();
        bench.engine.close();

        assertThat(bench.provider.closed).isTrue();
    }
}
