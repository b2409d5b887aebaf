package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.spi.IssuedCopies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/** Callbacks of small plain copies, which end together and are called one by one. */
class CopyRunCallbackTest {
    private Bench bench;

    /** What the callback of a cookie does besides noting it. */
    private final List<Runnable> steps = new ArrayList<>();

    @BeforeEach
    void open() {
        bench = new Bench();
    }

    /** What a callback asserts and throws is a fault, and nothing else. */
    @AfterEach
    void close() {
        List<Fault> faults = List.copyOf(bench.faults);
        bench.close();
        assertThat(faults).isEmpty();
    }

    private long copy(boolean withCallback) {
        return withCallback
                ? bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8, this::called)
                : bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8);
    }

    private void called(long cookie, Outcome outcome, long bytes) {
        assertThat(outcome).isEqualTo(Outcome.COMPLETE);
        assertThat(bytes).isEqualTo(8);
        bench.called.add(cookie);
        if (!steps.isEmpty()) {
            steps.removeFirst().run();
        }
    }

    private void complete(int count) {
        for (int i = 0; i < count; i++) {
            copy(true);
        }
        completeSubmitted();
    }

    private void completeSubmitted() {
        bench.channel.issuePending();
        for (IssuedCopies run = take(); run != null; run = take()) {
            bench.backend.queue().endCopies(run.count());
        }
    }

    private IssuedCopies take() {
        return bench.backend.queue().nextCopies();
    }

    private boolean isDrained() {
        return bench.channel.drain(Duration.ZERO) instanceof Quiesced;
    }

    @Test
    @DisplayName("C3: each is called once, in order, after the outcomes of all")
    void shouldCallInOrder() {
        complete(3);
        assertThat(LongStream.of(1, 2, 3).mapToObj(bench.channel::state))
                .containsOnly(TransferState.COMPLETE);
        assertThat(bench.called).isEmpty();
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L, 3L);
        assertThat(isDrained()).isTrue();
        assertThat(bench.callbacks.waiting()).isZero();
    }

    @Test
    @DisplayName("C3: those without a callback are passed over, and wait for nothing behind them")
    void shouldPassOverOthers() {
        copy(false);
        copy(true);
        copy(false);
        completeSubmitted();
        assertThat(bench.channel.status(3).completedCookie()).isEqualTo(3);
        steps.add(() -> assertThat(isDrainedOutside()).isFalse());
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(2L);
        assertThat(isDrained()).isTrue();

        copy(false);
        completeSubmitted();
        assertThat(bench.callbacks.waiting()).as("nothing to call").isZero();
        assertThat(isDrained()).isTrue();
    }

    @Test
    @DisplayName("C3: what has no callback calls none of those that had its place before")
    void shouldNotCallForDescriptorInUsedPlace() {
        complete(16);
        bench.callbacks.run();
        bench.called.clear();

        long first = copy(true);
        completeSubmitted();
        Transfer between = bench.submit(bench.prep(Flag.ACK));
        bench.channel.issuePending();
        bench.backend.take();
        bench.backend.completeAll();
        long last = copy(true);
        completeSubmitted();
        bench.callbacks.run();

        assertThat(bench.called).containsExactly(first, last);
        assertThat(between.result()).isPresent();
        assertThat(isDrained()).isTrue();
    }

    @Test
    @DisplayName("C8: drained, also where a runner yields before copies that have no callback")
    void shouldSettleWhatIsPassedOverByRunnerThatYields() {
        for (int i = 0; i < CallbackRunner.BATCH_MAX + 1; i++) {
            copy(true);
        }
        copy(false);
        completeSubmitted();

        bench.callbacks.run();

        assertThat(bench.called).hasSize(CallbackRunner.BATCH_MAX + 1);
        assertThat(isDrained()).isTrue();
    }

    private boolean isDrainedOutside() {
        boolean[] drained = new boolean[1];
        Bench.join(Thread.ofPlatform().start(() -> drained[0] = isDrained()));
        return drained[0];
    }

    @Test
    @DisplayName("C3: callbacks of copies, of transfers with a node, and of copies again, in order")
    void shouldCallInOrderAmongNodes() {
        bench.complete();
        complete(2);
        bench.complete();
        complete(2);
        copy(false);
        completeSubmitted();
        bench.complete();
        complete(1);
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 8L, 9L);
        assertThat(isDrained()).isTrue();
        assertThat(bench.channel.status(9).completedCookie()).isEqualTo(9);
    }

    @Test
    @DisplayName("C8: a drain waits for callbacks, also for the one that runs")
    void shouldDrain() {
        complete(2);
        assertThat(isDrained()).isFalse();
        steps.add(() -> assertThat(isDrainedOutside()).isFalse());
        steps.add(() -> assertThat(isDrainedOutside()).isFalse());
        bench.callbacks.run();
        assertThat(bench.called).hasSize(2);
        assertThat(steps).isEmpty();
        assertThat(isDrained()).isTrue();
    }

    @Test
    @DisplayName("C6: synchronize with nothing closed waits for the callbacks that are due")
    void shouldFlush() {
        complete(3);
        assertThat(bench.channel.synchronize(Duration.ZERO)).isInstanceOf(StillOwned.class);
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L, 3L);
        assertThat(bench.channel.synchronize(Duration.ZERO)).isInstanceOf(Quiesced.class);
    }

    @Test
    @DisplayName("C4, C5, C9: terminated in a callback, none after it is called, none is lost")
    void shouldTerminateBetweenCallbacks() {
        complete(4);
        steps.add(() -> {});
        steps.add(bench.channel::terminateAsync);
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L);

        Receipt receipt = bench.channel.synchronize();
        assertThat(Bench.outcomes(receipt))
                .hasSize(3)
                .containsEntry(2L, Outcome.COMPLETE)
                .containsEntry(3L, Outcome.COMPLETE)
                .containsEntry(4L, Outcome.COMPLETE);
        assertThat(receipt.entries())
                .filteredOn(Receipt.Entry::callbackRan)
                .extracting(Receipt.Entry::cookie)
                .containsExactly(2L);
        assertThat(receipt.entries())
                .allMatch(entry -> entry.bytes() == 8 && entry.proof() != Proof.NEVER_STARTED);

        complete(2);
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L, 5L, 6L);
    }

    @Test
    @DisplayName("C6: the generation of a callback that runs is not quiet")
    void shouldWaitForRunningCallback() {
        complete(2);
        steps.add(() -> {
            bench.channel.terminateAsync();
            Quiescence[] answer = new Quiescence[1];
            Bench.join(
                    Thread.ofPlatform()
                            .start(() -> answer[0] = bench.channel.synchronize(Duration.ZERO)));
            StillOwned owned = (StillOwned) answer[0];
            assertThat(owned.callback()).map(RunningCallback::cookie).contains(1L);
            assertThat(owned.transfers()).isEmpty();
        });
        bench.callbacks.run();
        assertThat(steps).isEmpty();
        assertThat(bench.called).containsExactly(1L);
        assertThat(Bench.outcomes(bench.channel.synchronize())).containsOnlyKeys(1L, 2L);
    }

    @Test
    @DisplayName("C5: a run of which only some were complete calls back for each, in its own words")
    void shouldCallForEach() {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            bench.channel.tryMemcpy(
                    bench.target,
                    0,
                    bench.source,
                    0,
                    8,
                    (cookie, outcome, bytes) -> outcomes.add(outcome));
        }
        bench.channel.issuePending();
        assertThat(take().count()).isEqualTo(3);
        bench.backend.queue().end(2, Outcome.WRITE_FAILED, 3, TransferError.of(5, "broken"));
        bench.backend.queue().endCopies(1);
        bench.backend.queue().end(3, Outcome.COMPLETE, 8);
        bench.callbacks.run();
        assertThat(outcomes)
                .containsExactly(Outcome.WRITE_FAILED, Outcome.COMPLETE, Outcome.COMPLETE);
    }

    @Test
    @DisplayName("C2: looks at one whose callback waits change nothing")
    void shouldSurviveLooks() {
        complete(3);
        assertThat(bench.channel.status(2).state()).isEqualTo(TransferState.COMPLETE);
        assertThat(bench.channel.status(2).residueBytes()).isZero();
        assertThat(bench.channel.status(2).completedCookie()).isEqualTo(3);
        bench.channel.acknowledge(2);
        steps.add(() -> assertThat(bench.channel.state(1)).isEqualTo(TransferState.COMPLETE));
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L, 3L);
        assertThat(isDrained()).isTrue();
    }

    @Test
    @DisplayName("C3: what a callback throws is a fault, and the next one follows")
    void shouldSurviveThrowing() {
        complete(2);
        steps.add(() -> {
            throw new IllegalStateException("on purpose");
        });
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L);
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.CALLBACK_THREW);
        bench.faults.clear();
    }

    @Test
    @DisplayName("C16: the memory is free with the outcome, before the callback")
    void shouldFreeMemory() {
        DmaArena arena = DmaArena.open();
        var block = arena.allocate(64);
        bench.channel.tryMemcpy(block, 0, block, 32, 8, this::called);
        completeSubmitted();
        arena.close();
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L);
    }

    @Test
    @DisplayName("C12: a lost engine takes back no callback of what was complete")
    void shouldCallAfterLoss() {
        complete(2);
        bench.backend.queue().lost("gone", null);
        bench.callbacks.run();
        assertThat(bench.called).containsExactly(1L, 2L);
        assertThat(bench.engine.quarantine()).isEmpty();
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_LOST);
        bench.faults.clear();
    }

    @Test
    @DisplayName("C13: a callback on the engine's own thread may pause: nothing more was taken")
    void shouldPauseInCallback() {
        bench.callbacks.runAtOnce();
        copy(true);
        bench.channel.issuePending();
        IssuedCopies run = take();
        copy(true);
        bench.channel.issuePending();
        steps.add(bench.channel::pause);
        assertThat(bench.backend.queue().endCopiesAndTakeNext(run.count())).isNull();
        assertThat(bench.called).containsExactly(1L);
        assertThat(take()).as("paused").isNull();
        bench.channel.resume();
        completeSubmitted();
        assertThat(bench.called).containsExactly(1L, 2L);
    }

    @Test
    @DisplayName("P10: the ring grows around callbacks that wait")
    void shouldGrow() {
        complete(10);
        complete(100);
        bench.callbacks.run();
        assertThat(bench.called)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 110).boxed().toList());
        assertThat(isDrained()).isTrue();
    }

    @Test
    @DisplayName("P10: a place comes back when its callback has returned")
    void shouldGiveBackPlaces() {
        DmaChannel small =
                bench.request(
                        request -> request.withDepth(2).withCallbackExecutor(bench.callbacks));
        ManualBackend backend = bench.provider.channels.getLast();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 2; i++) {
                assertThat(small.tryMemcpy(bench.target, 0, bench.source, 0, 8, this::called))
                        .isPositive();
            }
            assertThat(small.tryMemcpy(bench.target, 0, bench.source, 0, 8)).isZero();
            small.issuePending();
            IssuedCopies run = backend.queue().nextCopies();
            backend.queue().endCopies(run.count());
            assertThat(small.tryMemcpy(bench.target, 0, bench.source, 0, 8)).isZero();
            bench.callbacks.run();
        }
        assertThat(bench.called).hasSize(6);
    }

    @Test
    @DisplayName(
            "C2 to C9: any order of steps gives each one outcome, and one callback or its entry")
    void shouldSurviveAnyOrder() {
        long seed = RandomGenerator.getDefault().nextLong();
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Set<Long> due = new TreeSet<>();
        for (int step = 0; step < 3_000; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> due.add(copy(true));
                case 4 -> copy(false);
                case 5 -> due.add(bench.submit().cookie());
                case 6 -> bench.channel.issuePending();
                case 7, 8 -> completeAny(random);
                case 9 -> bench.callbacks.run();
                case 10 -> bench.channel.status(random.nextLong(1, step + 2L));
                default -> {
                    if (random.nextInt(8) == 0) {
                        forgetTerminated(due);
                    }
                }
            }
            // Full: an answer, not a transfer.
            due.remove(0L);
        }
        completeAll();
        bench.callbacks.run();
        assertThat(bench.called).as("seed %d", seed).isSorted().containsExactlyElementsOf(due);
        assertThat(isDrained()).as("seed %d", seed).isTrue();
    }

    private void completeAny(RandomGenerator random) {
        IssuedCopies run = take();
        if (run == null) {
            bench.backend.take();
            bench.backend.completeAll();
        } else if (random.nextBoolean()) {
            bench.backend.queue().endCopies(run.count());
        } else {
            int whole = random.nextInt(run.count());
            long first = run.ticket(0);
            int count = run.count();
            bench.backend.queue().endCopies(whole);
            for (int i = whole; i < count; i++) {
                bench.backend.queue().end(first + i, Outcome.COMPLETE, 8);
            }
        }
    }

    private void completeAll() {
        bench.channel.issuePending();
        while (bench.channel.status(1).completedCookie() < bench.channel.status(1).usedCookie()) {
            bench.backend.take();
            bench.backend.completeAll();
        }
    }

    /** What is not called by now never is, and stands in the receipt instead. */
    private void forgetTerminated(Set<Long> due) {
        bench.channel.terminateAsync();
        Receipt receipt = bench.channel.synchronize();
        assertThat(receipt.entries()).noneMatch(Receipt.Entry::callbackRan);
        Set<Long> forgotten = new TreeSet<>(due);
        forgotten.removeAll(bench.called);
        assertThat(receipt.entries()).extracting(Receipt.Entry::cookie).containsAll(forgotten);
        due.removeAll(forgotten);
    }

    @Test
    @DisplayName("C10: no wait in a callback of a plain copy")
    void shouldRefuseWaits() {
        complete(1);
        steps.add(() ->
                assertThatThrownBy(bench.channel::drain)
                        .isInstanceOf(CallbackContextException.class));
        bench.callbacks.run();
        assertThat(steps).isEmpty();
    }
}
