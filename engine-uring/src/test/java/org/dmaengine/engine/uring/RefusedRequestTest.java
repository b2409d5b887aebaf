package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Command;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the engine makes of each error of a request. */
@Timeout(60)
class RefusedRequestTest {
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final int LENGTH_BYTES = 100;

    @Test
    @DisplayName("EAGAIN on a stream: the engine looks for readiness, and then reads again")
    void shouldPollStream() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            List<Integer> operations = bench.recordOperations();
            FakePipe pipe = new FakePipe(4096, false);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            MemorySegment target = bench.memory(LENGTH_BYTES);
            Transfer transfer = FakeBench.read(bench.channel(), source, 0, target);
            bench.entry(FakeEntry::isPoll);
            FakeBench.put(sink, FakeBench.bytes(LENGTH_BYTES));
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
            assertThat(operations)
                    .containsExactly(
                            IoUring.IORING_OP_READ,
                            IoUring.IORING_OP_POLL_ADD,
                            IoUring.IORING_OP_READ);
        }
    }

    @Test
    @DisplayName("C4: a stream that is only looked at for readiness is stopped too")
    void shouldStopPoll() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakePipe pipe = new FakePipe(4096, false);
            FakeStreamChannel source = bench.stream(pipe.source());
            bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, bench.memory(10));
            bench.entry(FakeEntry::isPoll);
            channel.terminateSync();
            assertThat(bench.outcome(transfer).outcome()).isEqualTo(Outcome.ABORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EAGAIN, Errno.EINTR, 512, 513, 514, 516})
    @DisplayName("what may be asked again is asked again, and never told")
    void shouldAskAgain(int errno) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger refusals = new AtomicInteger();
            bench.faults().onEntry(each -> refuse(each, errno, refusals, 3));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            Transfer transfer =
                    FakeBench.read(bench.channel(), file, 0, bench.memory(LENGTH_BYTES));
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
            assertThat(refusals).hasValue(3);
        }
    }

    @Test
    @DisplayName("P9: ECANCELED that nobody has asked for is the file's own, as a timer's")
    void shouldTellWhatNobodyCancelled() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger refusals = new AtomicInteger();
            bench.faults().onEntry(each -> refuse(each, Errno.ECANCELED, refusals, 1));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            Transfer transfer =
                    FakeBench.read(bench.channel(), file, 0, bench.memory(LENGTH_BYTES));
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.ECANCELED);
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {Errno.ENOMEM, Errno.EBUSY, Errno.EAGAIN, Errno.EINTR, Errno.ECANCELED, 512})
    @DisplayName("P9: what a sync is told is told, for a second one would find nothing wrong")
    void shouldNotSyncAgain(int errno) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger syncs = new AtomicInteger();
            bench.faults()
                    .onEntry(each ->
                            each.operation() == IoUring.IORING_OP_FSYNC
                                            && syncs.getAndIncrement() == 0
                                    ? Fate.answer(-errno)
                                    : Fate.RUN);
            DmaChannel channel = bench.channel();
            Peripheral file = Peripheral.of(bench.file(LENGTH_BYTES));
            Transfer sync = channel.submit(channel.prepCommand(file, new Command.Sync(false)));
            channel.issuePending();
            TransferResult result = bench.outcome(sync);
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(errno);
            assertThat(syncs).hasValue(1);
        }
    }

    @Test
    @DisplayName("an entry that has no file is asked again too")
    void shouldAskAgainWithoutFile() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger refusals = new AtomicInteger();
            bench.faults()
                    .onEntry(each ->
                            each.operation() == IoUring.IORING_OP_NOP
                                            && refusals.getAndIncrement() < 3
                                    ? Fate.answer(-Errno.EAGAIN)
                                    : Fate.RUN);
            bench.round();
            assertThat(refusals).hasValue(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOBUFS, Errno.ENOMEM, Errno.EBUSY})
    @DisplayName("a request without room is asked again after a break")
    void shouldAskAgainAfterBreak(int errno) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger refusals = new AtomicInteger();
            bench.faults().onEntry(each -> refuse(each, errno, refusals, 3));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            long begunNanos = System.nanoTime();
            Transfer transfer =
                    FakeBench.read(bench.channel(), file, 0, bench.memory(LENGTH_BYTES));
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
            assertThat(refusals).hasValue(3);
            assertThat(System.nanoTime() - begunNanos).isGreaterThan(3 * 4_000_000L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.ENOBUFS, Errno.ENOMEM, Errno.EBUSY})
    @DisplayName("a request that never finds room fails in the end, with the code and its bytes")
    void shouldGiveUpAtLast(int errno) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger refusals = new AtomicInteger();
            bench.faults()
                    .onEntry(each ->
                            each.isTransfer() && each.offset() == 0
                                    ? Fate.shorten(10)
                                    : refuse(each, errno, refusals, Integer.MAX_VALUE));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            Transfer transfer =
                    FakeBench.read(bench.channel(), file, 0, bench.memory(LENGTH_BYTES));
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.bytes()).isEqualTo(10);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(errno);
            assertThat(refusals).hasValue(Refusal.RETRIES_MAX + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("an error of the device is told at once, with its code and the bytes before it")
    void shouldTellError(boolean reading) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            int errno = reading ? EIO : ENOSPC;
            bench.faults()
                    .onEntry(each ->
                            each.isTransfer() && each.offset() == 0
                                    ? Fate.shorten(10)
                                    : refuse(each, errno, new AtomicInteger(), 1));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            MemorySegment memory = bench.memory(LENGTH_BYTES);
            Transfer transfer =
                    reading
                            ? FakeBench.read(channel, file, 0, memory)
                            : FakeBench.write(channel, file, 0, memory);
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome())
                    .isEqualTo(reading ? Outcome.READ_FAILED : Outcome.WRITE_FAILED);
            assertThat(result.bytes()).isEqualTo(10);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(errno);
        }
    }

    @Test
    @DisplayName("an error that Linux does not name is told by its number and the operation")
    void shouldTellUnknownError() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.faults().onEntry(each -> refuse(each, 999, new AtomicInteger(), 1));
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            Transfer transfer = FakeBench.write(bench.channel(), file, 0, bench.memory(10));
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(999);
            assertThat(result.error().orElseThrow().message()).contains("999").contains("write");
        }
    }

    private static Fate refuse(FakeEntry entry, int errno, AtomicInteger refusals, int most) {
        if (!entry.isTransfer() || refusals.get() >= most) {
            return Fate.RUN;
        }
        refusals.getAndIncrement();
        return Fate.answer(-errno);
    }
}
