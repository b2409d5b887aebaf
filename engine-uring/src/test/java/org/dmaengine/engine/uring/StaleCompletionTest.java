package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineLostException;
import org.dmaengine.Fault;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.nio.channels.Channel;

/**
 * E8: completions that nobody waits for. A kernel that tells them has broken its word, and so
 * nothing that it says of this ring is believed any more: no outcome is made up, and what the ring
 * holds is withheld.
 */
@Timeout(60)
class StaleCompletionTest {
    private static final int LENGTH_BYTES = 100;

    @Test
    @DisplayName("E8, C12: a completion for what was never asked gives nobody an outcome")
    void shouldNotBelieveUnknownCompletion() {
        try (Held held = new Held()) {
            held.bench.kernel().flight().post(held.read.ring(), 0x7777_0000_0005L, LENGTH_BYTES);
            held.assertWithheld();
        }
    }

    @Test
    @DisplayName("E8: a second completion does not hit the next transfer in the same place")
    void shouldNotHitNextTransfer() {
        try (Held held = new Held()) {
            held.read.run();
            assertThat(held.bench.outcome(held.transfer).isWhole()).isTrue();
            FakeEntry before = held.read;
            held.start();
            before.answerAgain(LENGTH_BYTES);
            held.assertWithheld();
        }
    }

    @Test
    @DisplayName("E8: a second completion does not hit the next piece of the same transfer")
    void shouldNotHitNextPiece() {
        try (Held held = new Held()) {
            held.read.run(LENGTH_BYTES / 2);
            FakeEntry before = held.read;
            held.read = held.bench.entry(each -> each.isTransfer() && each.offset() > 0);
            before.answerAgain(LENGTH_BYTES / 2);
            held.assertWithheld();
        }
    }

    @Test
    @DisplayName("E8: a second completion does not hit a transfer that waits for its next piece")
    void shouldNotHitTransferThatWaits() {
        FakePipe pipe = new FakePipe(LENGTH_BYTES, true);
        try (Held held = new Held(pipe)) {
            FakeEntry before = held.read;
            Thread pausing = Thread.ofPlatform().start(held.channel::pause);
            // The pause takes back what may wait for ever; it has moved something all the same.
            FakeEntry cancel = held.bench.entry(FakeEntry::isCancel);
            before.run(LENGTH_BYTES / 2);
            cancel.answer(-Errno.ENOENT);
            await().until(() -> !pausing.isAlive());
            before.answerAgain(LENGTH_BYTES / 2);
            held.assertWithheld();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -2})
    @DisplayName("E8: a second completion of a wake-up or of a cancel is noticed too")
    void shouldNotBelieveSecondAnswer(long userData) {
        try (Held held = new Held()) {
            FakeRing ring = held.read.ring();
            FakeFlight flight = held.bench.kernel().flight();
            // The first may be believed, where one was due; both are heard in one go.
            held.bench.whileAsleep(() -> {
                flight.post(ring, userData, 0);
                flight.post(ring, userData, 0);
            });
            held.assertWithheld();
        }
    }

    @Test
    @DisplayName("E8: a second completion in the ring of callers does not hit their next batch")
    void shouldNotHitNextBatch() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            bench.expectLoss();
            DmaArena arena = DmaArena.open();
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            FakeEntry[] first = new FakeEntry[1];
            bench.faults()
                    .onEntry(each -> {
                        if (each.mayNotWait() && first[0] == null) {
                            first[0] = each;
                        } else if (each.mayNotWait()) {
                            // Told again just before the next one is over.
                            each.ring().post(first[0].userData(), LENGTH_BYTES);
                            return Fate.HOLD;
                        }
                        return Fate.RUN;
                    });
            Transfer before = FakeBench.read(channel, file, 0, arena.allocate(LENGTH_BYTES));
            assertThat(bench.outcome(before).isWhole()).isTrue();
            Transfer transfer = FakeBench.read(channel, file, 0, arena.allocate(LENGTH_BYTES));
            assertThatThrownBy(() -> bench.within("awaiting what is lost", transfer::await))
                    .isInstanceOf(EngineLostException.class);
            assertThat(transfer.result()).isEmpty();
            assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
            assertThat(bench.kernel().flight().entries()).anyMatch(FakeEntry::mayNotWait);
            // Others go on, without that ring.
            Transfer other = FakeBench.read(bench.channel(), file, 0, bench.memory(10));
            assertThat(bench.outcome(other).isWhole()).isTrue();
            bench.within("closing a lost engine", () -> closeLost(bench));
            assertThat(bench.kernel().misdeeds()).isEmpty();
        }
    }

    private static void closeLost(FakeBench bench) {
        assertThatThrownBy(bench.engine()::close).isInstanceOf(EngineLostException.class);
    }

    /** A channel with a read that the kernel holds, of memory that has an arena of its own. */
    private static final class Held implements AutoCloseable {
        private final FakeBench bench;
        private final DmaArena arena = DmaArena.open();
        private final Channel file;
        private final DmaChannel channel;
        private MemorySegment target;
        private Transfer transfer;
        private FakeEntry read;

        Held() {
            bench = newBench();
            file = bench.file(LENGTH_BYTES);
            channel = bench.channel();
            start();
        }

        /** The same for a pipe that is full. */
        Held(FakePipe pipe) {
            bench = newBench();
            file = bench.stream(pipe.source());
            FakeBench.put(bench.stream(pipe.sink()), FakeBench.bytes(LENGTH_BYTES));
            channel = bench.channel();
            start();
        }

        private static FakeBench newBench() {
            FakeBench bench = new FakeBench(FakeOptions.workers());
            bench.expectLoss();
            bench.faults()
                    .onEntry(each -> each.isTransfer() || each.isCancel() ? Fate.HOLD : Fate.RUN);
            return bench;
        }

        void start() {
            target = arena.allocate(LENGTH_BYTES);
            transfer = FakeBench.read(channel, file, 0, target);
            read = bench.entry(FakeEntry::isTransfer);
        }

        void assertWithheld() {
            assertThatThrownBy(() -> bench.within("awaiting what is lost", transfer::await))
                    .isInstanceOf(EngineLostException.class)
                    .hasMessageContaining("which is not in the kernel");
            assertThat(transfer.result()).isEmpty();
            await().until(() -> bench.faults(Fault.Kind.ENGINE_LOST).size() == 1);
            assertThat(bench.faults(Fault.Kind.ENGINE_CONTRACT)).isEmpty();
            assertThat(bench.engine().quarantine())
                    .filteredOn(entry -> entry.transfer().channel().equals(channel.name()))
                    .singleElement()
                    .satisfies(entry ->
                            assertThat(entry.transfer().cookie()).isEqualTo(transfer.cookie()));
            assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
            int mappings = bench.kernel().mappingCount();
            bench.within("closing a lost engine", () -> closeLost(bench));
            assertThat(bench.kernel().mappingCount()).isEqualTo(mappings);
            assertThat(bench.kernel().misdeeds()).isEmpty();
            // The kernel may write, for nothing was given back.
            if (!read.isOver()) {
                read.run();
            }
            assertThat(target.scope().isAlive()).isTrue();
        }

        @Override
        public void close() {
            bench.close();
        }
    }
}
