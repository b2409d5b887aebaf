package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A cancel and its target, each with every answer, in both orders. */
@Timeout(60)
class CancelTest {
    private static final int LENGTH_BYTES = 100;
    private static final int ERESTARTSYS = 512;

    /**
     * @param cancel what the cancel is answered
     * @param target what the target is answered; bytes, if not negative
     * @param cancelFirst which of the two is told first
     */
    record Race(int cancel, int target, boolean cancelFirst) {}

    static List<Race> races() {
        List<Race> races = new ArrayList<>();
        for (int cancel : new int[] {0, -Errno.ENOENT, -Errno.EALREADY}) {
            for (int target :
                    new int[] {-Errno.ECANCELED, -Errno.EINTR, -ERESTARTSYS, 0, 10, LENGTH_BYTES}) {
                races.add(new Race(cancel, target, true));
                races.add(new Race(cancel, target, false));
            }
        }
        return races;
    }

    @ParameterizedTest
    @MethodSource("races")
    @DisplayName("E1, E2, E6: the one end of a target is told by its own entry, with its bytes")
    void shouldEndByEntryOfTarget(Race race) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.faults()
                    .onEntry(each -> each.isTransfer() || each.isCancel() ? Fate.HOLD : Fate.RUN);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            MemorySegment target = bench.memory(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, file, 0, target);
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            channel.terminateAsync();
            FakeEntry cancel = bench.entry(FakeEntry::isCancel);
            if (race.cancelFirst) {
                cancel.answer(race.cancel);
                bench.round();
                assertThat(transfer.result()).as("only the cancel is over").isEmpty();
                assertThat(channel.synchronize(Duration.ZERO).isQuiesced()).isFalse();
                end(read, race.target);
            } else {
                end(read, race.target);
            }
            assertOutcome(bench.outcome(transfer), target, race.target);
            bench.faults().onEntry(_ -> Fate.RUN);
            // And those that were asked for again meanwhile.
            bench.entriesNow(FakeEntry::isCancel).forEach(each -> each.answer(race.cancel));
            Receipt receipt = channel.synchronize();
            assertThat(receipt.entries()).hasSize(1);
            assertThat(receipt.entries().getFirst().bytes()).isEqualTo(Math.max(race.target, 0));
        }
    }

    private static void end(FakeEntry read, int result) {
        if (result > 0) {
            read.run(result);
        } else {
            read.answer(result);
        }
    }

    private static void assertOutcome(TransferResult result, MemorySegment target, int answer) {
        int bytes = Math.max(answer, 0);
        // A read of 0 bytes has found the end of the file: that is whole, as far as there is one.
        boolean complete = answer == 0 || answer == LENGTH_BYTES;
        assertThat(result.outcome()).isEqualTo(complete ? Outcome.COMPLETE : Outcome.ABORTED);
        assertThat(result.bytes()).isEqualTo(bytes);
        assertThat(result.residueBytes()).isEqualTo(LENGTH_BYTES - bytes);
        byte[] expected = new byte[LENGTH_BYTES];
        System.arraycopy(FakeBench.bytes(LENGTH_BYTES), 0, expected, 0, bytes);
        assertThat(FakeBench.bytes(target)).isEqualTo(expected);
    }

    @Test
    @DisplayName("E1: a cancel that missed its target is repeated until it works")
    void shouldRepeatCancelThatMissed() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger cancels = new AtomicInteger();
            bench.faults().onEntry(each -> fateOfDevice(each, cancels));
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, bench.memory(10));
            bench.entry(FakeEntry::isTransfer);
            Receipt receipt = channel.terminateSync();
            assertThat(receipt.entries().getFirst().outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(bench.outcome(transfer).bytes()).isZero();
            assertThat(cancels).hasValue(5);
        }
    }

    /** It only reads on the condition that it may wait, and the first cancels miss that. */
    private static Fate fateOfDevice(FakeEntry entry, AtomicInteger cancels) {
        if (entry.mayNotWait()) {
            return Fate.answer(-Errno.EOPNOTSUPP);
        }
        if (entry.isPoll()) {
            return Fate.answer(IoUring.POLLIN);
        }
        return entry.isCancel() && cancels.incrementAndGet() < 5
                ? Fate.answer(-Errno.ENOENT)
                : Fate.RUN;
    }

    @Test
    @DisplayName("E1, C16: memory is not given up while the target is in the kernel")
    void shouldKeepMemoryUntilEntryOfTarget() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger cancels = new AtomicInteger();
            bench.faults().onEntry(each -> fateInDevice(each, cancels));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            MemorySegment target = bench.memory(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, file, 0, target);
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            channel.terminateAsync();
            for (int asked = 1; asked <= 3; asked++) {
                int atLeast = asked;
                bench.eventually(() -> cancels.get() >= atLeast);
                bench.round();
                assertThat(transfer.result()).isEmpty();
                assertThatThrownBy(bench.arena()::close)
                        .isInstanceOf(BuffersInFlightException.class);
            }
            read.run();
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
        }
    }

    /** As a disk has it: what it was told to do, it does. */
    private static Fate fateInDevice(FakeEntry entry, AtomicInteger cancels) {
        if (entry.isCancel()) {
            cancels.getAndIncrement();
        }
        return entry.isTransfer() ? Fate.HOLD : Fate.RUN;
    }

    @Test
    @DisplayName("E1: an engine closes when the cancels are over too, and not before")
    void shouldWaitForCancels() throws Exception {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.faults()
                    .onEntry(each -> each.isTransfer() || each.isCancel() ? Fate.HOLD : Fate.RUN);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            FakeBench.read(channel, file, 0, bench.memory(LENGTH_BYTES));
            FakeEntry read = bench.entry(FakeEntry::isTransfer);
            channel.terminateAsync();
            FakeEntry cancel = bench.entry(FakeEntry::isCancel);
            read.run();
            Thread closing = Thread.ofPlatform().start(bench.engine()::close);
            assertThat(closing.join(Duration.ofMillis(50))).isFalse();
            bench.entriesNow(FakeEntry::isCancel).forEach(each -> each.answer(-Errno.ENOENT));
            assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
            assertThat(cancel.isOver()).isTrue();
        }
    }

    @Test
    @DisplayName("E11, C4: what the kernel has not begun is ended at once")
    void shouldEndWhatTheKernelHasNotBegun() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("depth", "2"))) {
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                transfers.add(FakeBench.read(channel, file, i, bench.memory(10)));
            }
            List<FakeEntry> begun = bench.entries(2, FakeEntry::isTransfer);
            assertThat(begun).hasSize(2);
            channel.terminateAsync();
            for (Transfer each : transfers.subList(2, 5)) {
                assertThat(bench.outcome(each).outcome()).isEqualTo(Outcome.ABORTED);
                assertThat(bench.outcome(each).bytes()).isZero();
            }
            assertThat(transfers.get(0).result()).isEmpty();
            assertThat(transfers.get(1).result()).isEmpty();
            begun.forEach(FakeEntry::run);
            assertThat(bench.outcome(transfers.get(0)).isWhole()).isTrue();
            assertThat(bench.outcome(transfers.get(1)).isWhole()).isTrue();
        }
    }
}
