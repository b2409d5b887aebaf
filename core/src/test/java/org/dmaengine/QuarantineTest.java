package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Withheld memory: entered by a deadline, left by a late proof, freed exactly once (C12, C16). */
class QuarantineTest {
    private static final ClosePolicy AT_ONCE = new ClosePolicy.TerminateThenDrain(Duration.ZERO);

    private final Bench bench = Bench.onRealTime();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C12: a close that gives up withholds the memory until the late proof")
    void shouldWithholdUntilLateProof() {
        int before = Quarantine.withheldArenas();
        DmaArena arena = DmaArena.open("my arena", AT_ONCE);
        Transfer running = bench.startOn(arena);

        assertThatThrownBy(arena::close)
                .isInstanceOf(BuffersInFlightException.class)
                .hasMessageContaining("my arena");
        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(Quarantine.withheldArenas()).isEqualTo(before + 1);
        assertThat(arena.scope().isAlive()).isTrue();

        bench.backend.abortOne(running.cookie(), 0);
        await().atMost(Bench.DEADLINE).until(() -> !arena.scope().isAlive());
        await().atMost(Bench.DEADLINE).until(() -> Quarantine.withheldArenas() == before);
    }

    @Test
    @DisplayName("C12: withheld memory takes no new transfers")
    void shouldRefuseNewTransfersOnWithheldMemory() {
        DmaArena arena = DmaArena.open(AT_ONCE);
        var memory = arena.allocate(16);
        bench.startOn(arena);
        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);

        assertThatThrownBy(() ->
                        bench.channel.submit(
                                bench.channel.prepMemcpy(
                                        memory.asSlice(0, 8), memory.asSlice(8, 8))))
                .isInstanceOf(RuntimeException.class);
        bench.backend.abortAll();
        await().atMost(Bench.DEADLINE).until(() -> !arena.scope().isAlive());
    }

    @Test
    @DisplayName("C12: memory is released once, however many sweeps look at it")
    void shouldReleaseWithheldMemoryOnce() {
        AtomicInteger releases = new AtomicInteger();
        CountDownLatch releasing = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Arena scope = Arena.ofShared()) {
            MemorySegment memory = scope.allocate(16);
            MemoryOwner owner =
                    new MemoryOwner(
                            "owner",
                            scope.scope(),
                            () -> {
                                releases.incrementAndGet();
                                releasing.countDown();
                                Bench.await(go);
                            });
            bench.submit(bench.channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8)));
            bench.channel.issuePending();
            bench.backend.take();
            assertThatThrownBy(() -> owner.close(AT_ONCE))
                    .isInstanceOf(BuffersInFlightException.class);
            // The engine's own sweep, and two more while that one is releasing.
            bench.backend.abortAll();
            Bench.await(releasing);
            Quarantine.sweep();
            Quarantine.sweep();
            go.countDown();
            await().atMost(Bench.DEADLINE).until(() -> Quarantine.withheldArenas() == 0);
        }

        assertThat(releases).hasValue(1);
        bench.expectNoFaults();
    }

    @Test
    @DisplayName("C12, C16: closing withheld memory again names who uses it, and frees nothing")
    void shouldNameUsersWhenWithheldMemoryIsClosedAgain() {
        DmaArena arena = DmaArena.open("my arena", AT_ONCE);
        Transfer running = bench.startOn(arena);
        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);

        assertThatThrownBy(arena::close)
                .isInstanceOfSatisfying(
                        BuffersInFlightException.class,
                        inFlight ->
                                assertThat(inFlight.transfers())
                                        .extracting(OwnedTransfer::cookie)
                                        .containsExactly(running.cookie()));
        assertThat(arena.scope().isAlive()).isTrue();
        bench.backend.abortAll();
        await().atMost(Bench.DEADLINE).until(() -> !arena.scope().isAlive());
        arena.close();
    }

    @Test
    @DisplayName("C12: withheld memory that could not be freed is tried again")
    void shouldTryAgainWhenReleaseFails() {
        int before = Quarantine.withheldArenas();
        AtomicInteger releases = new AtomicInteger();
        try (Arena scope = Arena.ofShared()) {
            MemorySegment memory = scope.allocate(16);
            MemoryOwner owner =
                    new MemoryOwner(
                            "owner",
                            scope.scope(),
                            () -> {
                                if (releases.incrementAndGet() == 1) {
                                    throw new IllegalStateException("acquired by a foreign call");
                                }
                            });
            bench.submit(bench.channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8)));
            bench.channel.issuePending();
            bench.backend.take();
            assertThatThrownBy(() -> owner.close(AT_ONCE))
                    .isInstanceOf(BuffersInFlightException.class);
            bench.backend.abortAll();
            await().atMost(Bench.DEADLINE).until(() -> releases.get() == 1);
            owner.close(AT_ONCE);
        }

        assertThat(Quarantine.withheldArenas()).isEqualTo(before);
        assertThat(releases).hasValue(2);
    }

    @Test
    @DisplayName("C12: withheld memory that cannot be freed now keeps no other, and no thread, up")
    void shouldFreeOthersThoughOneIsInUse() {
        int before = Quarantine.withheldArenas();
        AtomicBoolean inUse = new AtomicBoolean(true);
        List<MemoryOwner> owners = new ArrayList<>();
        List<Arena> freed = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean busy = i % 2 == 0;
            Arena scope = Arena.ofShared();
            MemorySegment memory = scope.allocate(16);
            owners.add(
                    new MemoryOwner(
                            "owner",
                            scope.scope(),
                            () -> {
                                if (busy && inUse.get()) {
                                    throw new IllegalStateException("acquired by a foreign call");
                                }
                                scope.close();
                                freed.add(scope);
                            }));
            bench.submit(bench.channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8)));
        }
        bench.channel.issuePending();
        bench.backend.take();
        for (MemoryOwner each : owners) {
            assertThatThrownBy(() -> each.close(AT_ONCE))
                    .isInstanceOf(BuffersInFlightException.class);
        }
        bench.backend.abortAll();
        Quarantine.sweep();
        await().atMost(Bench.DEADLINE).until(() -> freed.size() == 4);
        inUse.set(false);
        Quarantine.sweep();

        await().atMost(Bench.DEADLINE).until(() -> Quarantine.withheldArenas() == before);
        assertThat(freed).hasSize(8);
    }

    @Test
    @DisplayName("C12: a sweep is asked for once, and only where something is withheld")
    void shouldAskForSweepOnce() {
        OpenedEngine engine = (OpenedEngine) bench.engine;
        assertThat(engine.wantsSweep()).as("nothing is withheld").isFalse();
        DmaArena arena = DmaArena.open(AT_ONCE);
        bench.startOn(arena);
        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);

        assertThat(engine.wantsSweep()).isTrue();
        assertThat(engine.wantsSweep()).as("somebody is about to look").isFalse();
        try (Bench other = new Bench()) {
            // The threads of one engine may all be inside of callbacks that block.
            OpenedEngine another = (OpenedEngine) other.engine;
            assertThat(another.wantsSweep()).as("for another engine").isTrue();
            another.sweep();
        }
        engine.sweep();
        assertThat(engine.wantsSweep()).isTrue();
        engine.sweep();
        bench.backend.abortAll();
        await().atMost(Bench.DEADLINE).until(() -> !arena.scope().isAlive());
    }

    @Test
    @DisplayName("C12, C16: a proof that comes while the close gives up counts: it is freed")
    void shouldFreeWhenProofComesWhileCloseGivesUp() {
        boolean freed = false;
        // A sweep goes through what is withheld in any order: some round has the right one.
        for (int round = 0; round < 30 && !freed; round++) {
            DmaArena arena = DmaArena.open(AT_ONCE);
            Transfer last = bench.startOn(arena);
            withholdUntilNextSweep(() -> bench.backend.abortOne(last.cookie(), 0));
            try {
                // Gives up, withholds, sweeps: that frees the other, and so ends the transfer.
                arena.close();
                freed = true;
            } catch (BuffersInFlightException late) {
                assertThat(late).hasMessageContaining("flight");
            }
            // Who was about to sweep does so.
            ((OpenedEngine) bench.engine).sweep();
            await().atMost(Bench.DEADLINE).until(() -> !arena.scope().isAlive());
        }

        assertThat(freed).isTrue();
        bench.expectNoFaults();
    }

    /** Memory whose proof has arrived, and that nobody has swept yet. */
    private void withholdUntilNextSweep(Runnable release) {
        Arena scope = Arena.ofAuto();
        MemorySegment memory = scope.allocate(16);
        MemoryOwner owner = new MemoryOwner("other", memory.scope(), release);
        Transfer its =
                bench.submit(bench.channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8)));
        bench.channel.issuePending();
        bench.backend.take();
        assertThatThrownBy(() -> owner.close(AT_ONCE)).isInstanceOf(BuffersInFlightException.class);
        // As if somebody were about to sweep: the end does not ask for another one.
        await().atMost(Bench.DEADLINE).until(((OpenedEngine) bench.engine)::wantsSweep);
        bench.backend.abortOne(its.cookie(), 0);
    }

    @Test
    @DisplayName("C12: what is withheld is listed, for the process and for each engine")
    void shouldListWhatIsWithheld() {
        ManualEngine otherProvider =
                new ManualEngine(
                        ManualEngine.describe(
                                "other",
                                EnumSet.of(Capability.MEMCPY),
                                1,
                                ManualEngine.everyRow()));
        try (Bench other = new Bench(otherProvider, request -> request)) {
            Transfer mine = bench.start();
            Transfer its = other.start();
            bench.backend.queue().lost("mine is gone", null);
            other.backend.queue().lost("its is gone", null);

            assertThat(Quarantine.entries())
                    .extracting(Quarantine.Entry::engine, entry -> entry.transfer().cookie())
                    .contains(
                            tuple(bench.engine.name(), mine.cookie()),
                            tuple("other", its.cookie()));
            assertThat(Quarantine.bytes()).isEqualTo(4L * Bench.LENGTH_BYTES);
            assertThat(other.engine.quarantine())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.reason()).contains("its is gone"));
            assertThat(bench.engine.quarantine())
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.reason()).contains("mine is gone"));
            other.backend.abortAll();
            assertThat(Quarantine.entries()).hasSize(1);
        }
        bench.backend.abortAll();
        assertThat(Quarantine.entries()).isEmpty();
        assertThat(Quarantine.bytes()).isZero();
        TransferNode never = new TransferNode((VirtualChannel) bench.channel);
        assertThat(Quarantine.leave(never)).as("it was not there").isFalse();
    }

    @Test
    @DisplayName("C12: an engine lists what is its own, and not what another of its name lost")
    void shouldNotListWhatIsAnothersOfTheSameName() {
        try (Bench other = new Bench()) {
            assertThat(other.engine.name()).isEqualTo(bench.engine.name());
            other.start();
            other.backend.queue().lost("its is gone", null);

            assertThat(bench.engine.quarantine()).isEmpty();
            assertThat(other.engine.quarantine()).hasSize(1);
            other.backend.abortAll();
        }
    }

    @Test
    @DisplayName("C14: two arenas that give up at once do not wait for each other")
    void shouldNotDeadlockWhenTwoArenasGiveUp() {
        int rounds = 100;
        CyclicBarrier barrier = new CyclicBarrier(2);
        List<List<DmaArena>> arenas = new ArrayList<>();
        for (int side = 0; side < 2; side++) {
            List<DmaArena> its = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                DmaArena arena = DmaArena.open(AT_ONCE);
                bench.startOn(arena);
                its.add(arena);
            }
            arenas.add(its);
        }
        List<Thread> closers = new ArrayList<>();
        for (List<DmaArena> its : arenas) {
            closers.add(
                    bench.thread(() -> {
                        for (DmaArena arena : its) {
                            meet(barrier);
                            assertThatThrownBy(arena::close)
                                    .isInstanceOf(BuffersInFlightException.class);
                        }
                    }));
        }
        closers.forEach(Bench::join);
        bench.backend.abortAll();
        await().atMost(Bench.DEADLINE)
                .until(() ->
                        arenas.stream()
                                .flatMap(List::stream)
                                .noneMatch(arena -> arena.scope().isAlive()));
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(5, TimeUnit.SECONDS);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    @DisplayName("C12: close(Duration) of a channel: dead, in quarantine, out by the late proof")
    void shouldQuarantineAtCloseDeadline() {
        Transfer running = bench.start();
        Quiescence answer = bench.channel.close(Duration.ZERO);

        assertThat(answer)
                .isInstanceOfSatisfying(
                        StillOwned.class, owned -> assertThat(owned.transfers()).hasSize(1));
        assertThat(bench.engine.quarantine()).hasSize(1);
        assertThat(Quarantine.bytes()).isGreaterThanOrEqualTo(2L * Bench.LENGTH_BYTES);
        assertThat(bench.faultKinds()).containsExactly(Fault.Kind.ENGINE_LOST);
        assertThatThrownBy(bench::prep).isInstanceOf(DmaException.class);
        assertThat(bench.channel.close(Duration.ZERO).isQuiesced()).isFalse();

        bench.backend.abortOne(running.cookie(), 0);
        assertThat(bench.engine.quarantine()).isEmpty();
        assertThat(bench.channel.close(Duration.ZERO).isQuiesced()).isTrue();
        assertThat(bench.engine.channels()).isEmpty();
    }

    @Test
    @DisplayName("C12: close(Duration) that finds it quiet is a plain close")
    void shouldCloseInTime() {
        Transfer queued = bench.issue();

        assertThat(bench.channel.close(Duration.ZERO).receipt().entry(queued.cookie())).isPresent();
        assertThat(bench.backend.closes).hasValue(1);
        bench.expectNoFaults();
    }
}
