package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Receipt;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** While a stream is waited for, the kernel has no memory of the transfer. */
@Timeout(60)
class WaitingStreamTest {
    private static final int LENGTH_BYTES = 100;
    private static final int EPIPE = 32;

    @Test
    @DisplayName(
            "C4, C6: a transfer that waits is stopped by whoever terminates, without the worker")
    void shouldStopWithoutTheKernel() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            // The look never ends, and neither does its cancel, for as long as the test likes.
            bench.faults().onEntry(each -> each.isPoll() || each.isCancel() ? Fate.HOLD : Fate.RUN);
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            MemorySegment target = bench.memory(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, target);
            FakeEntry look = bench.entry(FakeEntry::isPoll);
            // Whatever the kernel knows by then, the worker has made it known.
            bench.round();
            Receipt receipt = channel.terminateSync();
            assertThat(look.isOver()).isFalse();
            assertThat(receipt.entries()).hasSize(1);
            assertThat(bench.outcome(transfer).outcome()).isEqualTo(Outcome.ABORTED);
            // Found ready after all: nothing is read any more, and the bytes stay in the pipe.
            FakeBench.put(sink, FakeBench.bytes(LENGTH_BYTES));
            look.answer(IoUring.POLLIN);
            bench.round();
            bench.faults().onEntry(_ -> Fate.RUN);
            bench.entriesNow(FakeEntry::isCancel).forEach(each -> each.answer(-Errno.ENOENT));
            bench.round();
            assertThat(FakeBench.bytes(target)).containsOnly(0);
            Transfer next = FakeBench.read(channel, source, 0, target);
            assertThat(bench.outcome(next).isWhole()).isTrue();
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
        }
    }

    @Test
    @DisplayName(
            "C4, C5: where who stops it has no stack left to tell its end, the worker tells it")
    void shouldBeStoppedByWorkerOtherwise() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            // The fault that is reported is looked at here.
            bench.expectLoss();
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, bench.memory(LENGTH_BYTES));
            bench.entry(FakeEntry::isPoll);
            bench.round();
            bench.queues().getFirst().throwInEnd(new StackOverflowError("for the test"));
            channel.terminateAsync();
            assertThat(bench.outcome(transfer).outcome()).isEqualTo(Outcome.ABORTED);
            bench.eventually(() -> bench.entriesNow(FakeEntry::isPoll).isEmpty());
            bench.within("closing the engine", bench.engine()::close);
            assertThat(bench.kernel().misdeeds()).isEmpty();
            assertThat(bench.kernel().mappingCount()).isZero();
        }
    }

    @Test
    @DisplayName("C5: stopped while it waits for the rest, it has the bytes of its pieces")
    void shouldCountWhatWasMoved() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeBench.put(bench.stream(pipe.sink()), FakeBench.bytes(40));
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, bench.memory(LENGTH_BYTES));
            bench.entry(FakeEntry::isPoll);
            channel.terminateSync();
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.ABORTED);
            assertThat(result.bytes()).isEqualTo(40);
        }
    }

    @Test
    @DisplayName("P9: closed by its client while it is waited for, it fails with what was moved")
    void shouldFailWhenClosed() throws Exception {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger cancels = new AtomicInteger();
            // The first cancels miss it.
            bench.faults()
                    .onEntry(each ->
                            each.isCancel() && cancels.incrementAndGet() < 3
                                    ? Fate.answer(-Errno.ENOENT)
                                    : Fate.RUN);
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            FakeBench.put(sink, FakeBench.bytes(40));
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, bench.memory(LENGTH_BYTES));
            Transfer next = FakeBench.read(channel, source, 0, bench.memory(LENGTH_BYTES));
            bench.entry(FakeEntry::isPoll);
            source.close();
            for (Transfer each : List.of(transfer, next)) {
                TransferResult result = bench.outcome(each);
                assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
                assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.EBADF);
                assertThat(result.bytes()).isEqualTo(each.equals(transfer) ? 40 : 0);
            }
            assertThat(cancels).hasValue(3);
            // Nobody holds it any more.
            assertThat(sink.write(ByteBuffer.wrap(new byte[1]))).isEqualTo(-EPIPE);
        }
    }

    @Test
    @DisplayName("C5: closed and then stopped, it is stopped; ready before that, it goes on")
    void shouldGoOnThoughClosed() throws Exception {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.faults().onEntry(each -> each.isPoll() ? Fate.HOLD : Fate.RUN);
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, source, 0, bench.memory(LENGTH_BYTES));
            FakeEntry look = bench.entry(FakeEntry::isPoll);
            source.close();
            FakeBench.put(sink, FakeBench.bytes(LENGTH_BYTES));
            look.answer(IoUring.POLLIN);
            assertThat(bench.outcome(transfer).isWhole()).isTrue();

            FakeStreamChannel other = bench.stream(new FakePipe(4096, true).source());
            Transfer stopped = FakeBench.read(channel, other, 0, bench.memory(LENGTH_BYTES));
            look = bench.entry(FakeEntry::isPoll);
            other.close();
            channel.terminateSync();
            assertThat(bench.outcome(stopped).outcome()).isEqualTo(Outcome.ABORTED);
            look.answer(-Errno.ECANCELED);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("C2, C5: stopped at any moment, nothing is lost, doubled, or read behind its end")
    void shouldLoseNothingByStops(long seed) {
        Random random = new Random(seed);
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakePipe pipe = new FakePipe(64, seed % 2 == 0);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            MemorySegment target = bench.memory(50);
            byte next = 0;
            byte expected = 0;
            for (int round = 0; round < 3_000; round++) {
                target.fill((byte) -1);
                Transfer transfer = FakeBench.read(channel, source, 0, target);
                int count = random.nextInt(60);
                byte[] some = new byte[count];
                for (int i = 0; i < count; i++) {
                    some[i] = next++;
                }
                for (int spins = random.nextInt(2_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                int put = sink.write(ByteBuffer.wrap(some));
                next -= (byte) (count - Math.max(put, 0));
                for (int spins = random.nextInt(2_000); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                channel.terminateSync();
                byte[] read = FakeBench.bytes(target);
                long moved = bench.outcome(transfer).bytes();
                for (int i = 0; i < read.length; i++) {
                    assertThat(read[i])
                            .as("seed %d, round %d, byte %d of %d", seed, round, i, moved)
                            .isEqualTo(i < moved ? expected++ : -1);
                }
            }
        }
    }

    @Test
    @DisplayName("a stream that was drained is looked at first, one that was not is asked at once")
    void shouldLookFirstWhereItWasDrained() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            List<Integer> operations = bench.recordOperations();
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            FakeBench.put(sink, FakeBench.bytes(20));
            bench.outcome(FakeBench.read(channel, source, 0, bench.memory(10)));
            bench.outcome(FakeBench.read(channel, source, 0, bench.memory(10)));
            assertThat(operations)
                    .as("the buffers were filled")
                    .containsExactly(IoUring.IORING_OP_READ, IoUring.IORING_OP_READ);
            operations.clear();
            FakeBench.put(sink, FakeBench.bytes(5));
            Transfer longer = FakeBench.read(channel, source, 0, bench.memory(10));
            bench.entry(FakeEntry::isPoll);
            assertThat(operations)
                    .as("the pipe was emptied")
                    .containsExactly(IoUring.IORING_OP_READ, IoUring.IORING_OP_POLL_ADD);
            FakeBench.put(sink, FakeBench.bytes(5));
            assertThat(bench.outcome(longer).isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "what can only be asked on the condition that it waits is looked at, and then asked")
    void shouldDoWithoutTheCondition() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            List<Integer> operations = new CopyOnWriteArrayList<>();
            bench.faults()
                    .onEntry(each -> {
                        if (each.isTransfer() || each.isPoll()) {
                            operations.add(each.operation());
                        }
                        return each.mayNotWait() ? Fate.answer(-Errno.EOPNOTSUPP) : Fate.RUN;
                    });
            FakePipe pipe = new FakePipe(4096, true);
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
}
