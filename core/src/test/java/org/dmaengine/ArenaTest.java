package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;

/** An arena's close never frees memory in flight, whatever its policy (C16). */
class ArenaTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    @DisplayName("C16: the default fails, naming the transfers, and stays open and usable")
    void shouldFailNamingTransfers() {
        DmaArena arena = DmaArena.open("pool", new ClosePolicy.Fail());
        Transfer running = bench.startOn(arena);

        assertThatThrownBy(arena::close)
                .isInstanceOfSatisfying(
                        BuffersInFlightException.class,
                        inFlight -> {
                            assertThat(inFlight).hasMessageContaining("pool");
                            assertThat(inFlight.transfers())
                                    .extracting(OwnedTransfer::cookie)
                                    .containsExactly(running.cookie());
                        });
        assertThat(arena.scope().isAlive()).isTrue();
        bench.startOn(arena);
        bench.backend.completeAll();
        arena.close();
        assertThat(arena.scope().isAlive()).isFalse();
        arena.close();
    }

    @Test
    @DisplayName("C16: queued transfers own their memory too, prepared ones do not")
    void shouldCountQueuedTransfers() {
        DmaArena arena = DmaArena.open();
        MemorySegment memory = arena.allocate(16);
        Descriptor prepared = bench.channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8));
        Descriptor second = bench.channel.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8));
        bench.submit(prepared);
        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
        bench.channel.terminateAsync();
        arena.close();

        assertThatThrownBy(() -> bench.channel.submit(second)).isInstanceOf(RuntimeException.class);
    }

    @Test
    @DisplayName("C16: the transfers of every channel count")
    void shouldCountTransfersOfEveryChannel() {
        DmaArena arena = DmaArena.open();
        MemorySegment memory = arena.allocate(16);
        DmaChannel other = bench.request(request -> request);
        other.submit(other.prepMemcpy(memory.asSlice(0, 8), memory.asSlice(8, 8)));
        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
        other.terminateAsync();

        arena.close();
        assertThat(arena.scope().isAlive()).isFalse();
    }

    @Test
    @DisplayName("C2, C16: with the outcome the memory is free, though its callback has not run")
    void shouldFreeAfterOutcome() {
        DmaArena arena = DmaArena.open();
        bench.startOn(arena);
        bench.backend.completeAll();

        arena.close();
        bench.callbacks.run();
    }

    @Test
    @DisplayName("C16: submit of a descriptor whose arena was closed")
    void shouldRefuseSubmitAfterClose() {
        DmaArena arena = DmaArena.open();
        MemorySegment memory = arena.allocate(16);
        MemorySegment target = memory.asSlice(0, 8);
        MemorySegment source = memory.asSlice(8, 8);
        Descriptor prepared = bench.channel.prepMemcpy(target, source);
        bench.channel.tryMemcpy(target, 0, source, 0, 8);
        bench.channel.terminateSync();
        arena.close();

        assertThatThrownBy(() -> bench.channel.submit(prepared))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> bench.channel.tryMemcpy(target, 0, source, 0, 8))
                .as("the owner is remembered by the hot path")
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> bench.channel.prepMemcpy(target, source))
                .isInstanceOf(PrepRefusedException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @DisplayName("C16: the policy Drain waits for the outcome and refuses new work meanwhile")
    void shouldDrain() {
        DmaArena arena = DmaArena.open(new ClosePolicy.Drain());
        MemorySegment memory = arena.allocate(16);
        Transfer running = bench.startOn(arena);
        Thread closer = bench.waiting(arena::close);

        assertThatThrownBy(() ->
                        bench.channel.submit(
                                bench.channel.prepMemcpy(
                                        memory.asSlice(0, 8), memory.asSlice(8, 8))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the arena ");
        assertThat(arena.scope().isAlive()).isTrue();
        assertThat(bench.backend.aborts).hasValue(0);
        bench.backend.complete(running.cookie());
        Bench.join(closer);
        assertThat(arena.scope().isAlive()).isFalse();
    }

    @Test
    @DisplayName("C5, C16: Drain ends though what it waits for is withdrawn and nobody looks")
    void shouldEndDrainAtTermination() {
        DmaArena arena = DmaArena.open(new ClosePolicy.Drain());
        MemorySegment memory = arena.allocate(16);
        bench.channel.tryMemcpy(memory, 0, memory, 8, 8);
        Thread closer = bench.waiting(arena::close);
        assertThat(closer.isAlive()).isTrue();
        bench.channel.terminateAsync();
        Bench.join(closer);

        assertThat(arena.scope().isAlive()).isFalse();
    }

    @Test
    @DisplayName("C12: Drain on a lost engine gives up, and frees nothing")
    void shouldNotFreeWhatLostEngineHolds() {
        DmaArena arena = DmaArena.open(new ClosePolicy.Drain());
        bench.startOn(arena);
        Thread closer =
                bench.waiting(() ->
                        assertThatThrownBy(arena::close)
                                .isInstanceOf(BuffersInFlightException.class));
        bench.backend.queue().lost("gone", null);
        Bench.join(closer);

        assertThat(arena.scope().isAlive()).isTrue();
        bench.backend.abortAll();
        arena.close();
    }

    @Test
    @DisplayName("C16: copies of different arenas in turn: each arena is kept by its own")
    void shouldFindOwnersOfEachCopy() {
        List<DmaArena> arenas = List.of(DmaArena.open(), DmaArena.open());
        for (DmaArena owner : arenas) {
            MemorySegment memory = owner.allocate(16);
            // The hot path remembers the owners of the last copy.
            bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 8);
            bench.channel.tryMemcpy(memory, 0, bench.source, 0, 8);
            assertThatThrownBy(owner::close).isInstanceOf(BuffersInFlightException.class);
            bench.channel.terminateSync();
            bench.channel.tryMemcpy(bench.target, 0, memory, 8, 8);
            assertThatThrownBy(owner::close).isInstanceOf(BuffersInFlightException.class);
            bench.channel.terminateSync();
            owner.close();
        }
    }

    @Test
    @DisplayName("C16: accesses of different arenas in turn: each arena is kept by its own")
    void shouldFindOwnerOfEachAccess() throws IOException {
        Pipe pipe = Pipe.open();
        try (var _ = pipe.source();
                var _ = pipe.sink()) {
            List<PeripheralConfig> ways =
                    List.of(
                            PeripheralConfig.read(Peripheral.of(pipe.source())),
                            PeripheralConfig.write(Peripheral.of(pipe.sink())));
            for (PeripheralConfig way : ways) {
                DmaArena owner = DmaArena.open();
                MemorySegment memory = owner.allocate(16);
                bench.channel.tryPeripheral(way, 0, bench.target);
                bench.channel.tryPeripheral(way, 0, memory);
                assertThatThrownBy(owner::close).isInstanceOf(BuffersInFlightException.class);
                bench.channel.terminateSync();
                owner.close();
            }
            // The memory is known, and the peripheral cannot be read: it is looked at anew, too.
            PeripheralConfig wrong = PeripheralConfig.read(Peripheral.of(pipe.sink()));
            bench.channel.tryPeripheral(ways.getFirst(), 0, bench.target);
            assertThatThrownBy(() -> bench.channel.tryPeripheral(wrong, 0, bench.target))
                    .isInstanceOf(PrepRefusedException.class);
            bench.channel.terminateSync();
        }
    }

    @Test
    @DisplayName("C16: TerminateThenDrain terminates the channels that use it, and no others")
    void shouldTerminateUsers() {
        DmaArena arena = DmaArena.open(new ClosePolicy.TerminateThenDrain(Duration.ofDays(1)));
        DmaChannel other = bench.request(request -> request);
        other.tryMemcpy(bench.target, 0, bench.source, 0, 8);
        Transfer running = bench.startOn(arena);
        Thread closer = bench.waiting(arena::close);
        assertThat(bench.backend.aborts).hasValue(1);
        bench.backend.abortOne(running.cookie(), 0);
        Bench.join(closer);

        assertThat(arena.scope().isAlive()).isFalse();
        assertThat(other.state(1)).isEqualTo(TransferState.IN_PROGRESS);
    }

    @Test
    @DisplayName("C16: TerminateThenDrain terminates every channel that uses it")
    void shouldTerminateEveryUser() {
        DmaArena arena = DmaArena.open(new ClosePolicy.TerminateThenDrain(Duration.ofDays(1)));
        Transfer first = bench.startOn(arena);
        DmaChannel other = bench.request(request -> request);
        ManualBackend itsBackend = bench.provider.channels.getLast();
        Transfer second = other.submit(other.prepMemset(arena.allocate(8), (byte) 1));
        other.issuePending();
        itsBackend.take();
        Thread closer = bench.waiting(arena::close);

        assertThat(bench.backend.aborts).hasValue(1);
        assertThat(itsBackend.aborts).hasValue(1);
        bench.backend.abortOne(first.cookie(), 0);
        itsBackend.abortOne(second.cookie(), 0);
        Bench.join(closer);
        assertThat(arena.scope().isAlive()).isFalse();
    }

    @Test
    @DisplayName("C11: the deadline of a close is measured on the engine's clock")
    void shouldMeasureCloseDeadlineOnEnginesClock() {
        Duration timeout = Duration.ofMillis(5);
        DmaArena arena = DmaArena.open(new ClosePolicy.TerminateThenDrain(timeout));
        bench.startOn(arena);
        bench.time.runByItself();

        assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
        assertThat(bench.time.parkedNanos())
                .isNotEmpty()
                .allMatch(nanos -> nanos <= timeout.toNanos());
        bench.backend.abortAll();
    }

    @Test
    @DisplayName("C16: a negative deadline is refused before anything is terminated")
    void shouldRefuseNegativeDeadline() {
        assertThatThrownBy(() -> new ClosePolicy.TerminateThenDrain(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.001S");
    }

    @Test
    @DisplayName("C10: a close in a callback answers at once while another thread drains")
    void shouldRefuseCloseInCallbackWhileAnotherThreadDrains() {
        DmaArena arena = DmaArena.open(new ClosePolicy.Drain());
        Transfer running = bench.startOn(arena);
        Thread closer = bench.waiting(arena::close);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        bench.submit(
                bench.prep()
                        .onComplete(result -> {
                            try {
                                arena.close();
                            } catch (RuntimeException refused) {
                                thrown.set(refused);
                            }
                        }));
        bench.channel.issuePending();
        bench.backend.complete(bench.backend.take().getFirst());
        Thread runner = bench.thread(bench.callbacks::run);
        Bench.join(runner);

        assertThat(thrown.get()).isNotNull();
        bench.backend.complete(running.cookie());
        Bench.join(closer);
    }

    @Test
    @DisplayName("It is an Arena: aligned, zeroed, shared, and slices keep their owner")
    @SuppressWarnings("restricted") // reinterpret(size) keeps the owner, which is what is shown.
    void shouldBeArena() {
        try (DmaArena arena = DmaArena.open()) {
            MemorySegment memory = arena.allocate(256, 64);
            assertThat(memory.address() % 64).isZero();
            assertThat(memory.get(ValueLayout.JAVA_LONG, 8)).isZero();
            assertThat(memory.scope()).isEqualTo(arena.scope());
            MemorySegment view = memory.asSlice(16, 32).reinterpret(16).asReadOnly();
            MemorySegment again = arena.allocateFrom(ValueLayout.JAVA_LONG, 7L);
            assertThat(again.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(7);

            Transfer transfer =
                    bench.submit(bench.channel.prepMemcpy(memory.asSlice(128, 16), view));
            assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
            bench.channel.terminateSync();
            assertThat(transfer.result()).isPresent();
        }
    }

    @Test
    @DisplayName("C16: submit racing close: refused, or seen and not freed (seeded)")
    void shouldNotFreeUnderRacingSubmit() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 400; round++) {
            DmaArena arena = DmaArena.open();
            MemorySegment memory = arena.allocate(16);
            int spins = random.nextInt(2_000);
            AtomicReference<Boolean> closed = new AtomicReference<>();
            Thread closer =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < spins; i++) {
                                    Thread.onSpinWait();
                                }
                                try {
                                    arena.close();
                                    closed.set(true);
                                } catch (BuffersInFlightException inFlight) {
                                    closed.set(false);
                                }
                            });
            long cookie = 0;
            try {
                cookie = bench.channel.tryMemcpy(memory, 0, memory, 8, 8);
            } catch (IllegalStateException | PrepRefusedException refused) {
                cookie = 0;
            }
            Bench.join(closer);
            assertThat(closed.get())
                    .as("seed %d, round %d, cookie %d", seed, round, cookie)
                    .isEqualTo(cookie == 0);
            bench.channel.terminateSync();
            arena.close();
        }
    }
}
