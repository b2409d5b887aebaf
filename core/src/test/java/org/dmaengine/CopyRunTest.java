package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.spi.IssuedCopies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.stream.LongStream;

/** Small plain copies are taken and ended together, and keep every promise of single ones. */
class CopyRunTest {
    private static final MemoryOwner[] NOBODY = {};

    private Bench bench;

    // What a test leaves on the engine.
    private IssuedCopies rest;

    @BeforeEach
    void open() {
        bench = new Bench();
    }

    @AfterEach
    void close() {
        if (rest != null) {
            abort(rest, 0);
            end(0);
        }
        bench.close();
    }

    private long copy(long offset) {
        return bench.channel.tryMemcpy(bench.target, offset, bench.source, 2 * offset, 8);
    }

    private void submit(int count) {
        for (int i = 0; i < count; i++) {
            copy(i % 4);
        }
    }

    private IssuedCopies issueAndTake(int count) {
        submit(count);
        bench.channel.issuePending();
        return take();
    }

    private IssuedCopies take() {
        return bench.backend.queue().nextCopies();
    }

    private void end(int complete) {
        bench.backend.queue().endCopies(complete);
    }

    private IssuedCopies endAndTake(int complete) {
        return bench.backend.queue().endCopiesAndTakeNext(complete);
    }

    private void abort(IssuedCopies copies, int from) {
        for (int i = from; i < copies.count(); i++) {
            bench.backend.queue().end(copies.ticket(i), Outcome.ABORTED, 0);
        }
    }

    private TransferState state(long cookie) {
        return bench.channel.state(cookie);
    }

    @Test
    @DisplayName("Neighbours are taken together, in order, each with what it was given (P8)")
    void shouldTakeNeighboursTogether() {
        IssuedCopies copies = issueAndTake(3);

        assertThat(copies.count()).isEqualTo(3);
        assertThat(copies.totalBytes()).isEqualTo(24);
        for (int i = 0; i < 3; i++) {
            assertThat(copies.ticket(i)).isEqualTo(i + 1);
            assertThat(copies.target(i)).isSameAs(bench.target);
            assertThat(copies.targetOffset(i)).isEqualTo(i);
            assertThat(copies.source(i)).isSameAs(bench.source);
            assertThat(copies.sourceOffset(i)).isEqualTo(2L * i);
            assertThat(copies.lengthBytes(i)).isEqualTo(8);
            assertThat(state(i + 1)).isEqualTo(TransferState.IN_PROGRESS);
        }
        end(3);
        assertThat(LongStream.of(1, 2, 3).mapToObj(this::state))
                .containsOnly(TransferState.COMPLETE);
        assertThat(bench.channel.drain(Duration.ZERO)).isInstanceOf(Quiesced.class);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C8: what ended ahead of a run is over with it")
    void shouldSettleWhatEndedAheadOfRun() {
        submit(1);
        Transfer behind = bench.submit(bench.prep());
        bench.channel.issuePending();
        assertThat(take().count()).isEqualTo(1);
        assertThat(bench.backend.take()).containsExactly(behind.cookie());
        bench.backend.complete(behind.cookie());
        end(1);

        assertThat(bench.channel.drain(Duration.ZERO)).isInstanceOf(Quiesced.class);
    }

    @Test
    @DisplayName("C8: a run of which one was looked at is over with its end")
    void shouldSettleRunWithNode() {
        issueAndTake(2);
        assertThat(bench.channel.status(2).state()).isEqualTo(TransferState.IN_PROGRESS);
        end(2);

        assertThat(bench.channel.drain(Duration.ZERO)).isInstanceOf(Quiesced.class);
    }

    @Test
    @DisplayName("An engine is told whose queue it is, and may ask whether there is anything in it")
    void shouldTellOfItself() {
        assertThat(bench.backend.queue().name()).isEqualTo(bench.channel.name());
        submit(1);
        assertThat(bench.backend.queue().mayHaveNext()).isFalse();
        bench.channel.issuePending();
        assertThat(bench.backend.queue().mayHaveNext()).isTrue();
        take();
        assertThat(bench.backend.queue().mayHaveNext()).isFalse();
        end(1);
    }

    @Test
    @DisplayName("C1: nothing is taken that was not issued, and nothing before its turn")
    void shouldKeepOrder() {
        submit(2);
        assertThat(take()).isNull();
        Transfer between = bench.issue();
        submit(1);
        bench.channel.issuePending();

        assertThat(take().count()).isEqualTo(2);
        end(2);
        assertThat(take()).as("something else is next in line").isNull();
        assertThat(bench.backend.take(1)).containsExactly(between.cookie());
        assertThat(take().ticket(0)).isEqualTo(4);
        end(1);
        assertThat(state(4)).isEqualTo(TransferState.COMPLETE);
        assertThat(bench.channel.status(4).completedCookie()).isEqualTo(2);
        bench.backend.completeAll();
        assertThat(bench.channel.status(4).completedCookie()).isEqualTo(4);
    }

    @Test
    @DisplayName("What is long is no plain copy")
    void shouldNotTakeLong() {
        try (DmaArena arena = DmaArena.open()) {
            var block = arena.allocate(1 << 20);
            bench.channel.tryMemcpy(block, 0, block, 1 << 19, 1 << 19);
            bench.channel.issuePending();
            assertThat(take()).isNull();
            assertThat(bench.backend.take()).hasSize(1);
            bench.backend.completeAll();
        }
    }

    @Test
    @DisplayName("A run is bounded, and an engine holds one at most")
    void shouldBoundRun() {
        IssuedCopies copies = issueAndTake(2 * CopyRun.COUNT_MAX + 1);
        assertThat(copies.count()).isEqualTo(CopyRun.COUNT_MAX);
        assertThat(take()).isNull();
        end(CopyRun.COUNT_MAX);
        assertThat(take().count()).isEqualTo(CopyRun.COUNT_MAX);
        end(CopyRun.COUNT_MAX);
        assertThat(take().count()).isEqualTo(1);
        end(1);
        try (DmaArena arena = DmaArena.open()) {
            var block = arena.allocate(32 << 10);
            for (int i = 0; i < 20; i++) {
                bench.channel.tryMemcpy(block, 0, block, 16 << 10, 16 << 10);
            }
            bench.channel.issuePending();
            assertThat(take().totalBytes()).isEqualTo(CopyRun.TOTAL_BYTES_MAX);
            end(16);
            assertThat(take().count()).isEqualTo(4);
            end(4);
        }
    }

    @Test
    @DisplayName("P4: an end may take what is next in line, after its outcomes")
    void shouldTakeNextWithEnd() {
        issueAndTake(3);
        submit(2);
        assertThat(bench.channel.trySubmit(bench.channel.prepInterrupt())).isEqualTo(6);
        submit(1);
        bench.channel.issuePending();

        IssuedCopies next = endAndTake(3);
        assertThat(state(3)).isEqualTo(TransferState.COMPLETE);
        assertThat(next.ticket(0)).isEqualTo(4);
        assertThat(next.count()).isEqualTo(2);
        assertThat(endAndTake(2)).as("something else is next in line").isNull();
        assertThat(bench.backend.take(1)).containsExactly(6L);
        bench.backend.completeAll();
        assertThat(take().ticket(0)).isEqualTo(7);
        assertThat(endAndTake(1)).as("nothing is left").isNull();
        assertThat(bench.channel.drain(Duration.ZERO)).isInstanceOf(Quiesced.class);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("P4: an end of some takes nothing, and leaves the others to their own ends")
    void shouldTakeNothingWithEndOfSome() {
        IssuedCopies copies = issueAndTake(3);
        submit(1);
        bench.channel.issuePending();
        abort(copies, 2);

        assertThat(endAndTake(2)).isNull();
        assertThat(LongStream.of(1, 2, 3).mapToObj(this::state))
                .containsExactly(
                        TransferState.COMPLETE, TransferState.COMPLETE, TransferState.ABORTED);
        assertThat(take().ticket(0)).isEqualTo(4);
        end(1);
    }

    @Test
    @DisplayName("C4, C13: an end takes nothing that was withdrawn, and nothing under a pause")
    void shouldTakeNothingHeldUp() {
        issueAndTake(2);
        submit(2);
        bench.channel.issuePending();
        bench.channel.terminateAsync();
        assertThat(endAndTake(2)).isNull();
        assertThat(state(3)).isEqualTo(TransferState.ABORTED);

        bench.backend.onPause = () -> false;
        issueAndTake(1);
        submit(1);
        bench.channel.issuePending();
        Thread pauser = bench.waiting(bench.channel::pause);
        assertThat(endAndTake(1)).isNull();
        Bench.join(pauser);
        assertThat(take()).isNull();
        bench.channel.resume();
        assertThat(take().ticket(0)).isEqualTo(6);
        end(1);
    }

    @Test
    @DisplayName("P8: the shortest and the longest keep their numbers, at any offset")
    void shouldKeepNumbers() {
        long far = 1L << 33;
        long farthest = Long.MAX_VALUE >> 16;
        long longest = CopySlots.LENGTH_MAX_BYTES;
        CopySlots slots = new CopySlots(4);
        slots.put(1, bench.target, far, bench.source, far + 7, 1, NOBODY, null);
        slots.put(
                2,
                bench.target,
                farthest,
                bench.source,
                Long.MAX_VALUE - longest,
                longest,
                NOBODY,
                null);
        slots.issue(1, 3);

        assertThat(slots.targetOffset(1)).isEqualTo(far);
        assertThat(slots.sourceOffset(1)).isEqualTo(far + 7);
        assertThat(slots.lengthBytes(1)).isEqualTo(1);
        assertThat(slots.targetOffset(2)).isEqualTo(farthest);
        assertThat(slots.sourceOffset(2)).isEqualTo(Long.MAX_VALUE - longest);
        assertThat(slots.lengthBytes(2)).isEqualTo(longest);
        assertThat(CopySlots.fit(farthest, longest)).isTrue();
        assertThat(CopySlots.fit(farthest + 1, 1)).isFalse();
        assertThat(CopySlots.fit(0, longest + 1)).isFalse();
    }

    @Test
    @DisplayName("C2: whoever looks at one of them changes nothing for the others")
    void shouldSurviveLooks() {
        issueAndTake(3);
        assertThat(bench.channel.status(2).residueBytes()).isEqualTo(8);
        assertThat(bench.channel.status(2).state()).isEqualTo(TransferState.IN_PROGRESS);
        end(3);

        assertThat(bench.channel.status(2).residueBytes()).isZero();
        assertThat(bench.channel.status(3).completedCookie()).isEqualTo(3);
        assertThat(LongStream.of(1, 2, 3).mapToObj(this::state))
                .containsOnly(TransferState.COMPLETE);
    }

    @Test
    @DisplayName("C4, C9: terminated, each of them stands in the receipt with its own outcome")
    void shouldTerminateRun() {
        IssuedCopies copies = issueAndTake(3);
        submit(2);
        assertThat(copies.stopRequested()).isFalse();
        bench.channel.terminateAsync();
        assertThat(copies.stopRequested()).isTrue();
        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(state(5)).isEqualTo(TransferState.ABORTED);
        submit(1);
        bench.channel.issuePending();
        assertThat(take()).as("nothing newer beside older work (C6)").isNull();

        abort(copies, 1);
        end(1);
        Receipt receipt = bench.channel.synchronize();

        assertThat(Bench.outcomes(receipt))
                .containsEntry(1L, Outcome.COMPLETE)
                .containsEntry(2L, Outcome.ABORTED)
                .containsEntry(3L, Outcome.ABORTED)
                .containsEntry(4L, Outcome.ABORTED)
                .containsEntry(5L, Outcome.ABORTED)
                .hasSize(5);
        assertThat(receipt.entries())
                .filteredOn(entry -> entry.proof() == Proof.NEVER_STARTED)
                .extracting(Receipt.Entry::cookie)
                .containsExactlyInAnyOrder(4L, 5L);
        assertThat(bench.channel.status(2).residueBytes()).isEqualTo(8);
        assertThat(take().ticket(0)).isEqualTo(6);
        end(1);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C6: a generation with a run on the engine is not quiet")
    void shouldWaitForRun() {
        rest = issueAndTake(2);
        bench.channel.terminateAsync();

        StillOwned owned = (StillOwned) bench.channel.synchronize(Duration.ZERO);
        assertThat(owned.transfers()).extracting(OwnedTransfer::cookie).containsExactly(1L, 2L);
        assertThat(owned.transfers()).allMatch(OwnedTransfer::started);
    }

    @Test
    @DisplayName("P9: one that failed is told by its ticket, with what failed")
    void shouldTellFailure() {
        IssuedCopies copies = issueAndTake(3);
        bench.backend
                .queue()
                .end(copies.ticket(1), Outcome.WRITE_FAILED, 3, TransferError.of(5, "broken"));
        end(1);
        bench.backend.queue().end(3, Outcome.COMPLETE, 8);

        assertThat(LongStream.of(1, 2, 3).mapToObj(this::state))
                .containsExactly(
                        TransferState.COMPLETE, TransferState.ERROR, TransferState.COMPLETE);
        assertThat(bench.channel.status(2).residueBytes()).isEqualTo(5);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C16: an arena is not freed under a run, and is free with its end")
    void shouldHoldMemory() {
        DmaArena arena = DmaArena.open();
        var block = arena.allocate(64);
        bench.channel.tryMemcpy(block, 0, block, 32, 8);
        bench.channel.tryMemcpy(block, 8, block, 40, 8);
        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
        bench.channel.tryMemcpy(block, 16, block, 48, 8);
        bench.channel.issuePending();
        // The first two were looked at, and so have nodes: they come one by one.
        assertThat(bench.backend.take(2)).containsExactly(1L, 2L);
        assertThat(take().count()).isEqualTo(1);
        bench.backend.completeAll();
        assertThatThrownBy(arena::close)
                .isInstanceOf(BuffersInFlightException.class)
                .hasMessageContaining("MEMCPY with cookie 3");
        end(1);
        arena.close();
    }

    @Test
    @DisplayName("C12: a lost engine keeps a run in quarantine until its late end")
    void shouldQuarantineRun() {
        issueAndTake(2);
        bench.backend.queue().lost("gone", null);
        assertThat(bench.engine.quarantine()).hasSize(2);

        end(2);
        assertThat(bench.engine.quarantine()).isEmpty();
        assertThat(LongStream.of(1, 2).mapToObj(this::state)).containsOnly(TransferState.COMPLETE);
    }

    @Test
    @DisplayName("C13: a pause is over when the run is, if the engine says so no earlier")
    void shouldPauseAfterRun() {
        bench.backend.onPause = () -> false;
        issueAndTake(2);
        Thread pauser = bench.waiting(bench.channel::pause);
        assertThat(take()).isNull();
        end(2);
        Bench.join(pauser);
        bench.channel.resume();
    }

    @Test
    @DisplayName("P10: the ring grows around a run, which keeps what it holds")
    void shouldGrowAroundRun() {
        IssuedCopies copies = issueAndTake(10);
        submit(100);
        assertThat(copies.sourceOffset(3)).isEqualTo(6);
        assertThat(copies.lengthBytes(9)).isEqualTo(8);
        end(10);
        bench.channel.issuePending();
        long done = 10;
        for (IssuedCopies next = take(); next != null; next = take()) {
            assertThat(next.ticket(0)).isEqualTo(done + 1);
            assertThat(next.targetOffset(0)).isEqualTo((done - 10) % 4);
            done += next.count();
            end(next.count());
        }
        assertThat(done).isEqualTo(110);
        assertThat(state(110)).isEqualTo(TransferState.COMPLETE);
    }

    @Test
    @DisplayName("P4: a run may end when others have the places of copies that ended by themselves")
    void shouldEndBehindItsCopies() {
        DmaChannel small = bench.request(request -> request.withDepth(2));
        ManualBackend backend = bench.provider.channels.getLast();
        for (int i = 0; i < 2; i++) {
            small.tryMemcpy(bench.target, i, bench.source, 0, 8);
        }
        small.issuePending();
        assertThat(backend.queue().nextCopies().count()).isEqualTo(2);
        backend.queue().end(1, Outcome.COMPLETE, 8);
        backend.queue().end(2, Outcome.COMPLETE, 8);
        assertThat(small.tryMemcpy(bench.target, 5, bench.source, 0, 4)).isEqualTo(3);
        assertThat(small.status(3).residueBytes()).isEqualTo(4);

        backend.queue().endCopies(0);
        assertThat(small.status(3).residueBytes()).isEqualTo(4);
        small.issuePending();
        assertThat(backend.take()).containsExactly(3L);
        backend.completeAll();
        assertThat(small.state(3)).isEqualTo(TransferState.COMPLETE);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("P4: an end of copies that nobody holds changes nothing, and is a fault")
    void shouldRefuseWrongEnd() {
        end(0);
        rest = issueAndTake(2);
        end(3);
        assertThat(state(1)).isEqualTo(TransferState.IN_PROGRESS);
        assertThat(bench.faultKinds())
                .containsExactly(Fault.Kind.ENGINE_CONTRACT, Fault.Kind.ENGINE_CONTRACT);
        bench.faults.clear();
    }

    @Test
    @DisplayName("P4: one of them ended twice is a fault, and ends once")
    void shouldRefuseSecondEnd() {
        issueAndTake(2);
        bench.backend.queue().end(1, Outcome.ABORTED, 0);
        end(2);

        assertThat(state(1)).isEqualTo(TransferState.ABORTED);
        assertThat(state(2)).isEqualTo(TransferState.COMPLETE);
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_CONTRACT);
    }
}
