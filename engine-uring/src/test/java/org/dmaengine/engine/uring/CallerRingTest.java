package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.dmaengine.CallbackContextException;
import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.Command;
import org.dmaengine.CookieCallback;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.dmaengine.TransferResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Transfers that the thread tries which rings, and what becomes of those that it cannot finish. */
@Timeout(60)
class CallerRingTest {
    private static final int LENGTH_BYTES = 1_000;
    private static final int EIO = 5;

    /** What the kernel was asked, in its order. */
    private record Asked(boolean mayNotWait, boolean reading, long offset, int length) {}

    private static List<Asked> watch(
            FakeBench bench, java.util.function.Function<FakeEntry, Fate> fate) {
        List<Asked> asked = new CopyOnWriteArrayList<>();
        bench.faults()
                .onEntry(each -> {
                    if (each.isTransfer()) {
                        asked.add(
                                new Asked(
                                        each.mayNotWait(),
                                        each.isRead(),
                                        each.offset(),
                                        each.length()));
                    }
                    return each.isTransfer() ? fate.apply(each) : Fate.RUN;
                });
        return asked;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("what is at hand is moved by the thread that rings, and is over when it returns")
    void shouldMoveAtOnce(boolean reading) {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            List<Asked> asked = watch(bench, _ -> Fate.RUN);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            Transfer transfer = start(bench, file, reading, bench.memory(LENGTH_BYTES));
            assertThat(transfer.result()).isPresent();
            assertThat(transfer.result().orElseThrow().isWhole()).isTrue();
            assertThat(asked).containsExactly(new Asked(true, reading, 0, LENGTH_BYTES));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Errno.EAGAIN, Errno.EOPNOTSUPP, EIO, Errno.EINTR, Errno.ECANCELED, 999})
    @DisplayName("whatever the try is refused with, the worker does it, from the beginning")
    void shouldLeaveRefusedToWorker(int errno) {
        for (boolean reading : new boolean[] {true, false}) {
            try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
                List<Asked> asked =
                        watch(bench, each -> each.mayNotWait() ? Fate.answer(-errno) : Fate.RUN);
                FakeFileChannel file = bench.file(LENGTH_BYTES);
                MemorySegment memory = bench.memory(FakeBench.bytes(LENGTH_BYTES));
                Transfer transfer = start(bench, file, reading, memory);
                assertThat(bench.outcome(transfer).isWhole()).isTrue();
                assertThat(asked)
                        .containsExactly(
                                new Asked(true, reading, 0, LENGTH_BYTES),
                                new Asked(false, reading, 0, LENGTH_BYTES));
                assertThat(file.bytes()).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 500, 999})
    @DisplayName("what the try moved in part, the worker continues where it ended")
    void shouldContinueBehindTry(int bytes) {
        for (boolean reading : new boolean[] {true, false}) {
            try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
                List<Asked> asked =
                        watch(bench, each -> each.mayNotWait() ? Fate.shorten(bytes) : Fate.RUN);
                FakeFileChannel file =
                        bench.file(
                                new FakeRegularFile(
                                        reading ? FakeBench.bytes(LENGTH_BYTES) : new byte[0]));
                MemorySegment memory =
                        reading
                                ? bench.memory(LENGTH_BYTES)
                                : bench.memory(FakeBench.bytes(LENGTH_BYTES));
                Transfer transfer = start(bench, file, reading, memory);
                assertThat(bench.outcome(transfer).isWhole()).isTrue();
                assertThat(asked)
                        .containsExactly(
                                new Asked(true, reading, 0, LENGTH_BYTES),
                                new Asked(false, reading, bytes, LENGTH_BYTES - bytes));
                assertThat(FakeBench.bytes(memory)).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
                assertThat(file.bytes()).isEqualTo(FakeBench.bytes(LENGTH_BYTES));
            }
        }
    }

    @Test
    @DisplayName("the residue knows what a try moved, while the worker is at the rest")
    void shouldTellProgressOfTry() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            watch(bench, each -> each.mayNotWait() ? Fate.shorten(300) : Fate.HOLD);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            Transfer transfer = FakeBench.read(channel, file, 0, bench.memory(LENGTH_BYTES));
            FakeEntry rest = bench.entry(FakeEntry::isTransfer);
            assertThat(channel.status(transfer.cookie()).residueBytes())
                    .isEqualTo(LENGTH_BYTES - 300);
            rest.run();
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
        }
    }

    @Test
    @DisplayName("C5: a file closed behind a try that moved a part: the part is told")
    void shouldTellBytesOfTryThoughFileIsClosed() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            watch(
                    bench,
                    each -> {
                        // Before the worker looks for the file.
                        FakeBench.close(file);
                        return Fate.shorten(300);
                    });
            Transfer transfer = start(bench, file, true, bench.memory(LENGTH_BYTES));
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.EBADF);
            assertThat(result.bytes()).isEqualTo(300);
        }
    }

    @Test
    @DisplayName("the end of a file is found by the worker behind the try")
    void shouldEndAtEndOfFile() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            FakeFileChannel file = bench.file(600);
            TransferResult result =
                    bench.outcome(start(bench, file, true, bench.memory(LENGTH_BYTES)));
            assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(result.bytes()).isEqualTo(600);
        }
    }

    @Test
    @DisplayName("direct files, long transfers, streams and several buffers are not tried")
    void shouldNotTryWhatMayTakeLong() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            List<Asked> asked = watch(bench, _ -> Fate.RUN);
            FakeFileChannel file = bench.file(100_000);
            FakeFileChannel direct =
                    bench.file(new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES)).direct());
            DmaChannel channel = bench.channel();
            for (Transfer each :
                    List.of(
                            FakeBench.read(channel, direct, 0, bench.memory(LENGTH_BYTES)),
                            FakeBench.read(channel, file, 0, bench.memory(100_000)),
                            FakeBench.read(channel, file, 0, bench.memory(10), bench.memory(10)))) {
                assertThat(bench.outcome(each).isWhole()).isTrue();
            }
            assertThat(asked).hasSize(3).noneMatch(Asked::mayNotWait);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {FakeFile.O_SYNC, FakeFile.O_DSYNC})
    @DisplayName("P2: a write that has to be on disk when it ends is not tried, a read is")
    void shouldNotTryToSync(int flags) {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            List<Asked> asked = watch(bench, _ -> Fate.RUN);
            FakeFileChannel file =
                    bench.file(new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES)).synced(flags));
            for (boolean reading : new boolean[] {true, false}) {
                Transfer transfer = start(bench, file, reading, bench.memory(LENGTH_BYTES));
                assertThat(bench.outcome(transfer).isWhole()).isTrue();
            }
            assertThat(asked)
                    .containsExactly(
                            new Asked(true, true, 0, LENGTH_BYTES),
                            new Asked(false, false, 0, LENGTH_BYTES));
        }
    }

    @Test
    @DisplayName("C2, P4: a sync rung while another thread has the ring is done, and not only told")
    void shouldDoCommandThoughRingIsBusy() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel other = bench.channel();
            List<Transfer> syncs = new ArrayList<>();
            List<Integer> operations = new CopyOnWriteArrayList<>();
            bench.faults()
                    .onEntry(each -> {
                        operations.add(each.operation());
                        if (each.mayNotWait() && syncs.isEmpty()) {
                            // The ring is in the middle of a batch here, whoever rings meanwhile.
                            Command sync = new Command.Sync(false);
                            syncs.add(other.submit(other.prepCommand(Peripheral.of(file), sync)));
                            syncs.add(other.submit(other.prepInterrupt()));
                            other.issuePending();
                        }
                        return Fate.RUN;
                    });
            start(bench, file, false, bench.memory(LENGTH_BYTES));
            assertThat(syncs).hasSize(2);
            for (Transfer each : syncs) {
                assertThat(bench.outcome(each).outcome()).isEqualTo(Outcome.COMPLETE);
            }
            assertThat(operations).contains(IoUring.IORING_OP_FSYNC, IoUring.IORING_OP_NOP);
        }
    }

    @Test
    @DisplayName(
            "E17: a chain of callbacks, each of which rings the next channel, is no deep stack")
    void shouldNotNestWithoutBound() {
        int count = 2_000;
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            MemorySegment memory = bench.memory(LENGTH_BYTES);
            PeripheralConfig config = PeripheralConfig.read(Peripheral.of(file));
            CountDownLatch over = new CountDownLatch(count);
            List<DmaChannel> channels = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                channels.add(
                        bench.engine()
                                .requestChannel(
                                        ChannelRequest.of(Capability.PERIPHERAL)
                                                .withCallbackExecutor(Runnable::run)));
            }
            ring(channels.iterator(), config, memory, over);
            await(over);
        }
    }

    private static void ring(
            Iterator<DmaChannel> next,
            PeripheralConfig config,
            MemorySegment memory,
            CountDownLatch over) {
        if (next.hasNext()) {
            DmaChannel channel = next.next();
            CookieCallback callback =
                    (_, outcome, _) -> {
                        if (outcome == Outcome.COMPLETE) {
                            over.countDown();
                            ring(next, config, memory, over);
                        }
                    };
            channel.tryPeripheral(config, 0, memory, callback);
            channel.issuePending();
        }
    }

    @Test
    @DisplayName("C13: the worker does not answer a pause for a thread that is in the kernel")
    void shouldNotPauseWhileCallerMoves() {
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            FakeFileChannel gone = bench.file(LENGTH_BYTES);
            DmaChannel moving = bench.channel();
            DmaChannel other =
                    bench.engine()
                            .requestChannel(
                                    ChannelRequest.of(Capability.PERIPHERAL)
                                            .withCallbackExecutor(Runnable::run));
            FakeBench.close(gone);
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
            Thread caller =
                    Thread.ofPlatform()
                            .start(() ->
                                    FakeBench.read(moving, file, 0, bench.memory(LENGTH_BYTES)));
            FakeEntry inKernel = bench.entry(FakeEntry::isTransfer);
            // The worker finds that this cannot be done, and calls back itself.
            AtomicReference<Throwable> refused = new AtomicReference<>();
            CountDownLatch answered = new CountDownLatch(1);
            other.tryPeripheral(
                    PeripheralConfig.read(Peripheral.of(gone)),
                    0,
                    bench.memory(10),
                    (_, _, _) -> {
                        refused.set(catchThrowable(moving::pause));
                        answered.countDown();
                    });
            other.issuePending();
            await(answered);
            inKernel.run();
            bench.within("the caller's doorbell", () -> join(caller));
            assertThat(refused.get()).isInstanceOf(CallbackContextException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("P3, P4: a batch of which some is refused, cut short or done ends once each")
    void shouldEndEachOfMixedBatch(long seed) {
        Random random = new Random(seed);
        try (FakeBench bench = new FakeBench(FakeOptions.inline())) {
            watch(bench, each -> each.mayNotWait() ? fate(random) : Fate.RUN);
            int count = 500;
            byte[] all = FakeBench.bytes(count * 100);
            FakeFileChannel file = bench.file(new FakeRegularFile(all));
            MemorySegment memory = bench.memory(all.length);
            DmaChannel channel =
                    bench.engine()
                            .requestChannel(
                                    ChannelRequest.of(Capability.PERIPHERAL).withDepth(count));
            List<Transfer> transfers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                PeripheralConfig config =
                        PeripheralConfig.read(Peripheral.of(file)).atOffset(i * 100L);
                transfers.add(
                        channel.submit(
                                channel.prepPeripheralSg(
                                        config, List.of(memory.asSlice(i * 100L, 100)))));
                if (random.nextInt(10) == 0) {
                    channel.issuePending();
                }
            }
            channel.issuePending();
            for (Transfer each : transfers) {
                assertThat(bench.outcome(each).isWhole()).as("seed %d", seed).isTrue();
            }
            assertThat(FakeBench.bytes(memory)).as("seed %d", seed).isEqualTo(all);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(FakeBench.DEADLINE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static Fate fate(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> Fate.answer(-Errno.EAGAIN);
            case 1 -> Fate.shorten(1 + random.nextInt(99));
            default -> Fate.RUN;
        };
    }

    private static Transfer start(
            FakeBench bench, FakeFileChannel file, boolean reading, MemorySegment memory) {
        DmaChannel channel = bench.channel();
        return reading
                ? FakeBench.read(channel, file, 0, memory)
                : FakeBench.write(channel, file, 0, memory);
    }
}
