package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;

/** From prep to the engine: submitted is not started (C1), and full is an answer (P10). */
class SubmitAndIssueTest {
    private final Bench bench = new Bench(request -> request.withDepth(4));
    private final PeripheralConfig config =
            PeripheralConfig.read(
                    Peripheral.of(Channels.newChannel(new ByteArrayInputStream(new byte[8]))));

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C1: nothing starts before issuePending")
    void shouldNotStartWhatWasOnlySubmitted() {
        bench.submit();

        assertThat(bench.backend.take()).isEmpty();
        assertThat(bench.backend.starts).hasValue(0);
    }

    @Test
    @DisplayName("C1: submitted behind a running transfer, not issued: it waits when that ends")
    void shouldNotStartUnissuedWhenRunningOneEnds() {
        Transfer first = bench.start();
        Transfer second = bench.submit();
        bench.backend.complete(first.cookie());

        assertThat(bench.backend.take()).isEmpty();
        bench.channel.issuePending();
        assertThat(bench.backend.take()).containsExactly(second.cookie());
    }

    @Test
    @DisplayName("P2: one doorbell for a batch, in submit order")
    void shouldStartBatchInOrder() {
        List<Long> cookies = List.of(bench.submit().cookie(), bench.submit().cookie());
        bench.channel.issuePending();

        assertThat(bench.backend.starts).hasValue(1);
        assertThat(bench.backend.take()).isEqualTo(cookies);
    }

    @Test
    @DisplayName("C1: the next one starts while the callback of the last is still to run")
    void shouldStartNextBeforeCallback() {
        bench.complete();
        Transfer second = bench.issue();

        assertThat(bench.backend.take()).containsExactly(second.cookie());
    }

    @Test
    @DisplayName("C1: the short forms give a cookie, or 0 where there is no room (P10)")
    void shouldGiveCookiesWithoutDescriptor() {
        List<Long> told = new ArrayList<>();
        CookieCallback callback = (cookie, outcome, bytes) -> told.add(cookie);
        MemorySegment large = bench.arena.allocate(2L << 20);
        assertThat(bench.channel.tryMemcpy(large, 0, large, 1 << 20, 1 << 20)).isEqualTo(1);
        assertThat(bench.channel.tryMemcpy(large, 0, large, 1 << 20, 1 << 20, callback))
                .isEqualTo(2);
        assertThat(bench.channel.tryPeripheral(config, 0, bench.target)).isEqualTo(3);
        assertThat(bench.channel.tryPeripheral(config, 0, bench.target, callback)).isEqualTo(4);
        assertThat(bench.channel.tryPeripheral(config, 0, bench.target)).as("full").isZero();
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        bench.callbacks.run();

        assertThat(told).containsExactly(2L, 4L);
    }

    @Test
    @DisplayName("C14, C16: a transfer without a descriptor needs an open channel and open memory")
    void shouldRefuseAccessBehindClose() {
        DmaArena closed = DmaArena.open();
        MemorySegment freed = closed.allocate(8);
        bench.channel.tryPeripheral(config, 0, freed);
        bench.channel.terminateAsync();
        closed.close();
        assertThatThrownBy(() -> bench.channel.tryPeripheral(config, 0, freed))
                .hasMessageContaining("closed");
        bench.channel.close();
        assertThatThrownBy(() -> bench.channel.tryPeripheral(config, 0, bench.target))
                .isInstanceOf(ChannelClosedException.class);
    }

    @Test
    @DisplayName("C12, C14: nobody rings at an engine that was given the channel back, or is lost")
    void shouldNotRingWhereNobodyIs() {
        DmaChannel lost = bench.request(request -> request);
        ManualBackend itsBackend = bench.provider.channels.getLast();
        itsBackend.queue().lost("gone", null);
        lost.issuePending();
        bench.channel.close();
        bench.channel.issuePending();

        assertThat(itsBackend.starts).hasValue(0);
        assertThat(bench.backend.starts).hasValue(0);
    }

    @Test
    @DisplayName("P2: an engine takes no more than it can hold, the rest stays in the queue")
    void shouldKeepWhatEngineDoesNotTake() {
        bench.submit();
        Transfer second = bench.issue();

        assertThat(bench.backend.take(1)).hasSize(1);
        assertThat(bench.backend.take(1)).containsExactly(second.cookie());
    }

    @Test
    @DisplayName("P10: full is an answer, and ends when a transfer is over")
    void shouldAnswerFullQueue() {
        for (int i = 0; i < 4; i++) {
            bench.submit();
        }
        Descriptor fifth = bench.prep();

        assertThat(bench.channel.trySubmit(fifth)).isZero();
        assertThatThrownBy(() -> bench.channel.submit(fifth))
                .isInstanceOf(QueueFullException.class);
        assertThat(bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8)).isZero();

        bench.channel.issuePending();
        bench.backend.take(1);
        bench.backend.complete(1);
        assertThat(bench.channel.trySubmit(fifth)).as("its callback has not run").isZero();
        bench.callbacks.run();
        assertThat(bench.channel.trySubmit(fifth)).isEqualTo(5);
    }

    @Test
    @DisplayName("P10: a queue of one place works")
    void shouldWorkWithOnePlace() {
        try (Bench small = new Bench(request -> request.withDepth(1))) {
            for (long cookie = 1; cookie <= 40; cookie++) {
                assertThat(small.complete().cookie()).isEqualTo(cookie);
                small.callbacks.run();
            }
        }
    }

    @Test
    @DisplayName("Without ACK the place is kept until acknowledge")
    void shouldKeepUnacknowledgedPlace() {
        Transfer kept = bench.submit(bench.prep(Flag.INTERRUPT));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.fail(
                kept.cookie(), Outcome.READ_FAILED, 10, TransferError.of(5, "input/output"));
        for (int i = 0; i < 3; i++) {
            bench.complete();
            bench.callbacks.run();
        }

        assertThat(bench.channel.trySubmit(bench.prep())).isZero();
        assertThat(bench.channel.status(kept.cookie()).residueBytes()).isEqualTo(54);
        kept.acknowledge();
        assertThat(bench.channel.status(kept.cookie()).residueBytes()).isEqualTo(54);
        bench.submit();
    }

    @Test
    @DisplayName("A termination gives up the places of unacknowledged transfers")
    void shouldFreeUnacknowledgedPlacesAtTermination() {
        for (int i = 0; i < 4; i++) {
            bench.submit(bench.prep(Flag.INTERRUPT));
        }
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.complete(1, 2, 3);
        bench.channel.terminateAsync();
        bench.backend.complete(4);

        for (int i = 0; i < 4; i++) {
            bench.submit();
        }
    }

    @Test
    @DisplayName("FENCE: nothing later starts before it has ended")
    void shouldHoldBackBehindFence() {
        Transfer before = bench.submit();
        Transfer fence = bench.submit(bench.prep(Flag.INTERRUPT, Flag.ACK, Flag.FENCE));
        Transfer after = bench.issue();

        assertThat(bench.backend.take()).containsExactly(before.cookie(), fence.cookie());
        bench.backend.complete(before.cookie());
        assertThat(bench.backend.take()).isEmpty();
        int starts = bench.backend.starts.get();
        bench.backend.complete(fence.cookie());
        assertThat(bench.backend.starts.get()).as("the doorbell").isGreaterThan(starts);
        assertThat(bench.backend.take()).containsExactly(after.cookie());
    }

    @Test
    @DisplayName("FENCE: a terminated fence does not hold up newer work once it is off the engine")
    void shouldLetNewWorkPassTerminatedFence() {
        Transfer fence = bench.submit(bench.prep(Flag.ACK, Flag.FENCE));
        bench.channel.issuePending();
        bench.backend.take();
        bench.channel.terminateAsync();
        Transfer newer = bench.issue();

        assertThat(bench.backend.take()).isEmpty();
        bench.backend.abortOne(fence.cookie(), 3);
        assertThat(bench.backend.take()).containsExactly(newer.cookie());
    }

    @Test
    @DisplayName("P2: an end that held up nobody rings no doorbell")
    void shouldNotRingWithoutNeed() {
        Transfer first = bench.start();
        Transfer fence = bench.submit(bench.prep(Flag.ACK, Flag.FENCE));
        bench.channel.issuePending();
        bench.backend.take();
        bench.submit();
        int starts = bench.backend.starts.get();
        bench.backend.complete(first.cookie());
        bench.backend.complete(fence.cookie());
        assertThat(bench.backend.starts).as("nothing was issued behind it").hasValue(starts);
        bench.channel.issuePending();
        Transfer last = bench.issue();
        bench.backend.take(1);
        starts = bench.backend.starts.get();
        bench.backend.completeAll();

        assertThat(bench.backend.starts).as("it was not held up").hasValue(starts);
        assertThat(bench.backend.take()).containsExactly(last.cookie());
    }

    @Test
    void shouldRefuseDescriptorOfAnotherChannel() {
        DmaChannel other = bench.request(request -> request);
        Descriptor descriptor = other.prepMemcpy(bench.target, bench.source);

        assertThatThrownBy(() -> bench.channel.submit(descriptor))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(other.name());
    }

    @Test
    void shouldRefuseSecondSubmitOfSingleUseDescriptor() {
        Descriptor descriptor = bench.prep();
        bench.submit(descriptor);

        assertThatThrownBy(() -> bench.channel.submit(descriptor))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("REUSE");
    }

    @Test
    @DisplayName("P8: a descriptor keeps the callback it was submitted with")
    void shouldRefuseCallbackAfterSubmit() {
        Descriptor descriptor = bench.prep();
        bench.submit(descriptor);

        assertThatThrownBy(() -> descriptor.onComplete(result -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseCallbackWithoutInterruptFlag() {
        assertThatThrownBy(() -> bench.prep(Flag.ACK).onComplete(result -> {}))
                .isInstanceOfSatisfying(
                        PrepRefusedException.class,
                        refused ->
                                assertThat(refused.reason())
                                        .isEqualTo(PrepRefusedException.Reason.FLAGS));
    }
}
