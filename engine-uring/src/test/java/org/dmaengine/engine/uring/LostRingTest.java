package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.DmaArena;
import org.dmaengine.DmaChannel;
import org.dmaengine.EngineLostException;
import org.dmaengine.Fault;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Quarantine;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** C12: a ring that fails, and a device that does not answer in time. */
@Timeout(60)
class LostRingTest {
    private static final int EBADR = 53;
    private static final int ENXIO = 6;
    private static final int LENGTH_BYTES = 100;

    @ParameterizedTest
    @ValueSource(ints = {EBADR, Errno.EBADF, ENXIO, Errno.EFAULT, Errno.EINVAL})
    @DisplayName("C12: a ring that fails loses its channels, and keeps what the kernel may touch")
    void shouldWithholdWhatFailedRingHolds(int errno) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.expectLoss();
            AtomicBoolean failing = new AtomicBoolean();
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            bench.faults().onEnter((_, offered, _) -> failing.get() ? -errno : offered);
            DmaArena arena = DmaArena.open();
            MemorySegment target = arena.allocate(LENGTH_BYTES);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            DmaChannel idle = bench.channel();
            Transfer transfer = FakeBench.read(channel, file, 0, target);
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            failing.set(true);
            idle.submit(idle.prepInterrupt());
            idle.issuePending();
            assertThatThrownBy(() -> bench.within("awaiting what is lost", transfer::await))
                    .isInstanceOf(EngineLostException.class)
                    .hasMessageContaining(String.valueOf(errno))
                    .hasMessageContaining("io_uring_enter");
            assertThat(transfer.result()).isEmpty();
            await().until(() -> bench.faults(Fault.Kind.ENGINE_LOST).size() == 2);
            assertThat(withheld(channel)).hasSize(1);
            DmaChannel late = bench.channel();
            assertThatThrownBy(late::prepInterrupt).isInstanceOf(EngineLostException.class);
            assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
            assertThatThrownBy(() -> bench.within("closing a lost engine", bench.engine()::close))
                    .isInstanceOf(EngineLostException.class);
            bench.within("closing it again", () -> closeAgain(bench));
            assertThat(bench.kernel().misdeeds()).isEmpty();
            assertThat(bench.kernel().mappingCount()).isEqualTo(2);
            // The kernel writes after all, into memory that is still there.
            read.run();
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
        }
    }

    @Test
    @DisplayName("C12: what was heard before the ring broke is over, and is not withheld")
    void shouldTellWhatWasHeardBefore() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.expectLoss();
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            MemorySegment target = bench.memory(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, bench.file(LENGTH_BYTES), 0, target);
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            bench.whileAsleep(() -> {
                read.run();
                bench.kernel().flight().post(read.ring(), 1L << 40, 0);
            });
            await().until(() -> !bench.faults(Fault.Kind.ENGINE_LOST).isEmpty());
            assertThat(transfer.result()).isPresent();
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
            assertThat(withheld(channel)).isEmpty();
        }
    }

    @Test
    @DisplayName("C12: files of the callers are let go though the worker that did so is lost")
    void shouldLetGoWithoutFirstWorker() throws Exception {
        try (FakeBench bench = new FakeBench(FakeOptions.inline("workers", "2"))) {
            bench.expectLoss();
            DmaChannel lost = bench.channel();
            DmaChannel channel = bench.channel();
            AtomicReference<FakeRing> ring = new AtomicReference<>();
            bench.faults()
                    .onEntry(each -> {
                        if (each.operation() == IoUring.IORING_OP_NOP) {
                            ring.set(each.ring());
                        }
                        return Fate.RUN;
                    });
            bench.outcome(interrupt(lost));
            bench.faults()
                    .onEnter(
                            (each, offered, _) -> each.equals(ring.get()) ? -Errno.EBADF : offered);
            interrupt(lost);
            await().until(() -> !bench.faults(Fault.Kind.ENGINE_LOST).isEmpty());
            FakeRegularFile regular = new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES));
            FakeFileChannel file = bench.file(regular);
            MemorySegment target = bench.memory(10);
            assertThat(bench.outcome(FakeBench.read(channel, file, 0, target)).isWhole()).isTrue();
            file.close();
            bench.eventually(regular::isClosed);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "C12, C14: where a doorbell has no stack left to wake the worker, the next one wakes"
                    + " it")
    void shouldBeWokenBehindFailedDoorbell(boolean byItsOwn) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.expectLoss();
            DmaChannel lost = bench.channel();
            DmaChannel other = bench.channel();
            AtomicBoolean failing = new AtomicBoolean(true);
            bench.faults()
                    .onSignal(_ -> {
                        if (failing.getAndSet(false)) {
                            throw new StackOverflowError("for the test");
                        }
                        return 0;
                    });
            bench.whileAsleep(() -> interrupt(lost));
            assertThat(failing).isFalse();
            await().until(() -> bench.faults(Fault.Kind.ENGINE_LOST).size() == 1);
            if (byItsOwn) {
                bench.within("its own termination", lost::terminateAsync);
                await().until(() -> withheld(lost).isEmpty());
            } else {
                bench.within("another doorbell", () -> bench.outcome(interrupt(other)));
            }
            bench.within("closing the engine", bench.engine()::close);
            assertThat(bench.kernel().descriptorCount()).isZero();
            assertThat(bench.kernel().mappingCount()).isZero();
        }
    }

    @Test
    @DisplayName(
            "C12: what a thread that rang could not finish, the worker does, though the channel is"
                    + " lost")
    void shouldGoOnBehindDoorbellThatThrew() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            bench.expectLoss();
            bench.faults()
                    .onEntry(each ->
                            each.mayNotWait() && each.offset() > 0
                                    ? Fate.answer(-Errno.EAGAIN)
                                    : Fate.RUN);
            DmaChannel channel = bench.channel();
            bench.queues().getLast().throwInComplete(new StackOverflowError("for the test"));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            read(channel, file, 0, bench.memory(10));
            Transfer left = read(channel, file, 10, bench.memory(10));
            channel.issuePending();
            assertThat(bench.faults(Fault.Kind.ENGINE_LOST)).hasSize(1);
            await().until(() -> left.result().isPresent());
            assertThat(left.result().orElseThrow().isWhole()).isTrue();
            // The other one's end was told to nobody.
            assertThat(withheld(channel)).hasSize(1);
        }
    }

    @Test
    @DisplayName(
            "C12: what the callers' ring holds when it fails is withheld; the rest is the worker's")
    void shouldWithholdWhatFailedCallerRingHolds() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            bench.expectLoss();
            bench.faults().onEntry(each -> each.mayNotWait() ? Fate.HOLD : Fate.RUN);
            bench.faults()
                    .onEnter((ring, offered, _) -> {
                        boolean held =
                                bench.kernel().flight().entries().stream()
                                        .anyMatch(each ->
                                                each.mayNotWait() && each.ring().equals(ring));
                        return held ? -Errno.EBADF : offered;
                    });
            DmaChannel channel = bench.channel();
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            MemorySegment memory = bench.memory(40);
            Transfer held = read(channel, file, 0, memory.asSlice(0, 10));
            // Two segments are not for that ring.
            Transfer left = read(channel, file, 10, memory.asSlice(10, 10), memory.asSlice(20, 10));
            channel.issuePending();
            assertThat(bench.faults(Fault.Kind.ENGINE_LOST)).hasSize(1);
            await().until(() -> left.result().isPresent());
            assertThat(left.result().orElseThrow().isWhole()).isTrue();
            assertThat(held.result()).isEmpty();
            assertThat(withheld(channel)).hasSize(1);
        }
    }

    /** Submitted only. */
    private static Transfer read(
            DmaChannel channel, FakeFileChannel file, long offset, MemorySegment... to) {
        PeripheralConfig config = PeripheralConfig.read(Peripheral.of(file)).atOffset(offset);
        return channel.submit(channel.prepPeripheralSg(config, List.of(to)));
    }

    private static Transfer interrupt(DmaChannel channel) {
        Transfer transfer = channel.submit(channel.prepInterrupt());
        channel.issuePending();
        return transfer;
    }

    static List<Throwable> anything() {
        return List.of(
                new IOException("checked, and thrown all the same"),
                new AssertionError("an error"),
                new Wordless());
    }

    /** It has nothing to say. */
    private static final class Wordless extends RuntimeException {
        @java.io.Serial private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no words");
        }
    }

    @ParameterizedTest
    @MethodSource("anything")
    @DisplayName("C12: whatever is thrown on a worker's thread, all its channels are lost")
    void shouldLoseAllOfAnything(Throwable thrown) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            loseTwo(bench, thrown);
        }
    }

    @Test
    @DisplayName("C12: a channel that throws when it is lost is told again, and keeps up no other")
    void shouldLoseAgain() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.engine();
            for (int i = 0; i < 2; i++) {
                bench.channel();
                bench.queues().get(i).throwInLost(new OutOfMemoryError("for the test"));
            }
            loseTwo(bench, new IOException("checked, and thrown all the same"));
            await().until(() -> bench.faults(Fault.Kind.ENGINE_LOST).size() == 4);
            assertThatThrownBy(() -> bench.within("closing a lost engine", bench.engine()::close))
                    .isInstanceOf(EngineLostException.class);
        }
    }

    /** Two new channels, of one of which the kernel holds memory; the end of the other's throws. */
    private static void loseTwo(FakeBench bench, Throwable thrown) {
        bench.expectLoss();
        bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
        DmaChannel channel = bench.channel();
        DmaChannel other = bench.channel();
        bench.queues().getLast().throwInComplete(thrown);
        MemorySegment target = bench.memory(LENGTH_BYTES);
        Transfer held = FakeBench.read(channel, bench.file(LENGTH_BYTES), 0, target);
        bench.entry(FakeEntry::isTransfer);
        Transfer ending = other.submit(other.prepInterrupt());
        other.issuePending();
        for (Transfer each : List.of(held, ending)) {
            assertThatThrownBy(() -> bench.within("awaiting what is lost", each::await))
                    .isInstanceOf(EngineLostException.class);
        }
        await().until(() -> bench.faults(Fault.Kind.ENGINE_LOST).size() >= 2);
        assertThat(withheld(channel)).hasSize(1);
    }

    private static void closeAgain(FakeBench bench) {
        try {
            bench.engine().close();
        } catch (EngineLostException lost) {
            assertThat(lost).hasMessageContaining("lost");
        }
    }

    @Test
    @DisplayName("C12, C14: an engine closed before the kernel is ready can be closed when that is")
    void shouldCloseAfterLateProof() throws Exception {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.expectLoss();
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            DmaArena arena = DmaArena.open();
            MemorySegment target = arena.allocate(LENGTH_BYTES);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, file, 0, target);
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            assertThat(channel.close(Duration.ofMillis(20)).isQuiesced()).isFalse();
            assertThat(withheld(channel)).hasSize(1);
            bench.within("closing the engine", () -> closeAgain(bench));
            bench.within("closing it again", () -> closeAgain(bench));
            assertThat(bench.kernel().mappingCount()).isEqualTo(2);
            assertThat(transfer.result()).isEmpty();
            assertThatThrownBy(arena::close).isInstanceOf(BuffersInFlightException.class);
            read.run();
            await().until(() -> transfer.result().isPresent());
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
            await().until(() -> withheld(channel).isEmpty());
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
            arena.close();
            file.close();
            bench.within("closing it at last", bench.engine()::close);
            assertThat(bench.kernel().descriptorCount()).isZero();
            assertThat(bench.kernel().mappingCount()).isZero();
            assertThat(bench.kernel().misdeeds()).isEmpty();
        }
    }

    private static List<Quarantine.Entry> withheld(DmaChannel channel) {
        return Quarantine.entries().stream()
                .filter(entry -> entry.transfer().channel().equals(channel.name()))
                .toList();
    }
}
