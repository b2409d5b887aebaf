package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.awaitility.Awaitility;
import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaBuffer;
import org.dmaengine.DmaChannel;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Mapped memory is registered with the rings, and what is not registered is moved without. */
@Timeout(60)
class RegisteredBuffersTest {
    private static final int LENGTH_BYTES = 1000;
    private static final long PART_BYTES = 16 << 20;

    private final List<FakeEntry> moves = new CopyOnWriteArrayList<>();

    private FakeBench bench(boolean inline, String... namesAndValues) {
        FakeBench bench =
                new FakeBench(
                        inline
                                ? FakeOptions.inline(namesAndValues)
                                : FakeOptions.workers(namesAndValues));
        bench.faults()
                .onEntry(each -> {
                    if (each.isTransfer()) {
                        moves.add(each);
                    }
                    return Fate.RUN;
                });
        return bench;
    }

    private static long registered(FakeBench bench, FakeEntry move) {
        return bench.kernel().lock().locked(() -> move.ring().buffers().count());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C16: mapped memory is registered, and not any more when it is unmapped")
    void shouldRegisterMappedMemory(boolean inline) {
        try (FakeBench bench = bench(inline);
                Arena foreign = Arena.ofShared()) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            DmaBuffer mapped = bench.engine().map(foreign.allocate(LENGTH_BYTES));
            eventually(() -> {
                moves.clear();
                read(bench, channel, file, 0, mapped.segment());
                return moves.getLast().isFixed();
            });
            write(bench, channel, file, mapped.segment().asSlice(100, 50));
            assertThat(moves.getLast().isFixed()).isTrue();
            assertThat(registered(bench, moves.getLast())).isEqualTo(1);

            mapped.close();
            eventually(() -> registered(bench, moves.getLast()) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @DisplayName("C16: a mapping that fails half-way leaves nothing registered")
    void shouldUndoHalfMapping(int failing) {
        try (FakeBench bench = bench(true);
                Arena foreign = Arena.ofShared()) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            AtomicInteger registrations = new AtomicInteger();
            bench.faults()
                    .onRegister((operation, _) -> {
                        if (operation == IoUring.IORING_REGISTER_BUFFERS_UPDATE
                                && registrations.incrementAndGet() == failing) {
                            throw new StackOverflowError("for the test");
                        }
                        return 0;
                    });
            MemorySegment memory = foreign.allocate(3 * PART_BYTES);
            assertThatThrownBy(() -> bench.engine().map(memory))
                    .isInstanceOf(StackOverflowError.class);
            MemorySegment own = bench.memory(LENGTH_BYTES);
            read(bench, channel, file, 0, own);
            assertThat(registered(bench, moves.getLast())).isZero();
            bench.engine().map(memory).close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C16: memory that the kernel would not let go for the moment is let go later")
    void shouldLetGoAgain(boolean inline) {
        try (FakeBench bench = bench(inline, "buffers", "1");
                Arena foreign = Arena.ofShared()) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            DmaBuffer mapped = bench.engine().map(foreign.allocate(LENGTH_BYTES));
            eventually(() -> {
                read(bench, channel, file, 0, mapped.segment());
                return moves.getLast().isFixed();
            });
            AtomicInteger refusals = new AtomicInteger();
            bench.faults()
                    .onRegister((operation, _) ->
                            operation == IoUring.IORING_REGISTER_BUFFERS_UPDATE
                                            && refusals.getAndIncrement() < 5
                                    ? -Errno.ENOMEM
                                    : 0);
            mapped.close();
            eventually(() -> registered(bench, moves.getLast()) == 0);
            // And its place is another's.
            DmaBuffer next = bench.engine().map(foreign.allocate(LENGTH_BYTES));
            eventually(() -> {
                read(bench, channel, file, 0, next.segment());
                return moves.getLast().isFixed();
            });
            next.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("other memory is moved without, and so is what lies across two parts")
    void shouldMoveOtherMemoryWithout(boolean inline) {
        try (FakeBench bench = bench(inline);
                Arena foreign = Arena.ofShared()) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            DmaBuffer mapped = bench.engine().map(foreign.allocate(PART_BYTES + LENGTH_BYTES));
            MemorySegment end = mapped.segment().asSlice(PART_BYTES, LENGTH_BYTES);
            eventually(() -> {
                read(bench, channel, file, 0, end);
                return moves.getLast().isFixed();
            });
            read(bench, channel, file, 0, mapped.segment().asSlice(PART_BYTES - 10, 20));
            assertThat(moves.getLast().isFixed()).isFalse();
            read(bench, channel, file, 0, bench.memory(LENGTH_BYTES));
            assertThat(moves.getLast().isFixed()).isFalse();
            mapped.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 12", "true, 12", "false, 22", "true, 22"})
    @DisplayName("what the kernel refuses to register is moved without, and that is said once")
    void shouldFallBack(boolean inline, int errno) {
        List<String> told = new CopyOnWriteArrayList<>();
        Handler listener = listener(told);
        Logger log = Logger.getLogger("org.dmaengine");
        log.addHandler(listener);
        try (FakeBench bench = bench(inline);
                Arena foreign = Arena.ofShared()) {
            bench.faults()
                    .onRegister((operation, _) ->
                            operation == IoUring.IORING_REGISTER_BUFFERS_UPDATE ? -errno : 0);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            List<DmaBuffer> mapped = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                mapped.add(bench.engine().map(foreign.allocate(LENGTH_BYTES)));
                read(bench, channel, file, 0, mapped.getLast().segment());
                assertThat(moves.getLast().isFixed()).isFalse();
            }
            int rings = inline ? 2 : 1;
            eventually(() -> told.size() == rings);
            mapped.forEach(DmaBuffer::close);
            assertThat(told).allMatch(each -> each.contains("1,000 bytes of mapped memory"));
            assertThat(told).allMatch(each -> each.contains("(" + errno + ")"));
        } finally {
            log.removeHandler(listener);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("where the kernel has no such table, or none is wanted, nothing is registered")
    void shouldDoWithoutTable(boolean inline) {
        for (String places : List.of("0", "8")) {
            try (FakeBench bench = bench(inline, "buffers", places);
                    Arena foreign = Arena.ofShared()) {
                bench.faults()
                        .onRegister((operation, _) ->
                                operation == IoUring.IORING_REGISTER_BUFFERS2 ? -Errno.EINVAL : 0);
                FakeFileChannel file = bench.file(LENGTH_BYTES);
                DmaBuffer mapped = bench.engine().map(foreign.allocate(LENGTH_BYTES));
                read(bench, bench.channel(), file, 0, mapped.segment());
                assertThat(moves.getLast().isFixed()).isFalse();
                mapped.close();
            }
        }
    }

    @Test
    @DisplayName("C16: memory unmapped before a worker came to register it is not touched any more")
    void shouldNotRegisterWhatIsGone() {
        try (FakeBench bench = bench(false);
                Arena foreign = Arena.ofShared()) {
            AtomicInteger updates = new AtomicInteger();
            bench.faults()
                    .onRegister((operation, _) -> {
                        boolean update = operation == IoUring.IORING_REGISTER_BUFFERS_UPDATE;
                        updates.addAndGet(update ? 1 : 0);
                        return 0;
                    });
            CountDownLatch done = holdWorker(bench);
            bench.engine().map(foreign.allocate(PART_BYTES + LENGTH_BYTES)).close();
            done.countDown();
            bench.round();
            assertThat(updates).hasValue(0);
        }
    }

    @Test
    @DisplayName("that memory could not be registered is not told when it was just unmapped")
    void shouldNotTellOfWhatIsGone() {
        List<String> told = new CopyOnWriteArrayList<>();
        Handler listener = listener(told);
        Logger log = Logger.getLogger("org.dmaengine");
        log.addHandler(listener);
        try (FakeBench bench = bench(false);
                Arena foreign = Arena.ofShared()) {
            AtomicReference<DmaBuffer> mapped = new AtomicReference<>();
            bench.faults()
                    .onRegister((operation, _) -> {
                        DmaBuffer last = mapped.getAndSet(null);
                        if (operation != IoUring.IORING_REGISTER_BUFFERS_UPDATE || last == null) {
                            return 0;
                        }
                        last.close();
                        return -Errno.EFAULT;
                    });
            CountDownLatch done = holdWorker(bench);
            mapped.set(bench.engine().map(foreign.allocate(LENGTH_BYTES)));
            done.countDown();
            eventually(() -> mapped.get() == null);
            bench.round();
            assertThat(told).isEmpty();
        } finally {
            log.removeHandler(listener);
        }
    }

    @Test
    @DisplayName("C16: memory mapped twice stays registered while an entry waits that names it")
    void shouldKeepWhatWaitingEntryNames() {
        try (FakeBench bench = bench(false);
                Arena foreign = Arena.ofShared()) {
            AtomicBoolean full = new AtomicBoolean();
            AtomicInteger turns = new AtomicInteger();
            bench.faults()
                    .onEnter((_, offered, _) -> {
                        turns.getAndIncrement();
                        return full.get() ? 0 : offered;
                    });
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            MemorySegment memory = foreign.allocate(LENGTH_BYTES);
            DmaBuffer first = bench.engine().map(memory);
            DmaBuffer second = bench.engine().map(memory);
            eventually(() -> {
                read(bench, channel, file, 0, first.segment());
                return registered(bench, moves.getLast()) == 2;
            });
            full.set(true);
            // It names the place of one of both.
            Transfer waiting = FakeBench.read(channel, file, 0, first.segment());
            pass(turns);
            second.close();
            pass(turns);
            full.set(false);
            assertThat(bench.outcome(waiting).isWhole()).isTrue();
            assertThat(moves.getLast().isFixed()).isTrue();
            eventually(() -> registered(bench, moves.getLast()) == 1);
            first.close();
        }
    }

    /** So many turns of a worker that it has seen all there is. */
    private static void pass(AtomicInteger turns) {
        int seen = turns.get();
        eventually(() -> turns.get() > seen + 10);
    }

    /** Until the answer is counted down, its worker is in a callback. */
    private static CountDownLatch holdWorker(FakeBench bench) {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        DmaChannel channel =
                bench.engine()
                        .requestChannel(
                                ChannelRequest.of(Capability.PERIPHERAL)
                                        .withCallbackExecutor(Runnable::run));
        channel.tryPeripheral(
                PeripheralConfig.read(Peripheral.of(bench.file(1))),
                0,
                bench.memory(1),
                (_, _, _) -> {
                    entered.countDown();
                    await(done);
                });
        channel.issuePending();
        await(entered);
        return done;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(FakeBench.DEADLINE_NANOS, TimeUnit.NANOSECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    @DisplayName("C16: no transfer ever names a buffer that its memory is not in")
    void shouldNameTheRightBuffer() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (FakeBench bench = bench(true, "buffers", "4");
                Arena foreign = Arena.ofShared()) {
            MemorySegment all = foreign.allocate(8 * LENGTH_BYTES);
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            DmaBuffer[] mapped = new DmaBuffer[8];
            for (int i = 0; i < 5_000; i++) {
                int which = random.nextInt(mapped.length);
                DmaBuffer before = mapped[which];
                if (before == null) {
                    // Now and then more than its own part, so that they overlap.
                    long length = LENGTH_BYTES * (1L + random.nextInt(mapped.length - which));
                    mapped[which] =
                            bench.engine().map(all.asSlice((long) which * LENGTH_BYTES, length));
                } else if (random.nextInt(4) == 0) {
                    before.close();
                    mapped[which] = null;
                } else {
                    // What is in no place, or in the wrong one, the kernel answers with EFAULT.
                    read(
                            bench,
                            channel,
                            file,
                            random.nextInt(500),
                            before.segment().asSlice(random.nextInt(500), 500));
                }
            }
            assertThat(moves).as("seed %d", seed).anyMatch(FakeEntry::isFixed);
            assertThat(moves).as("seed %d", seed).allMatch(FakeEntry::isInBuffer);
            for (DmaBuffer each : mapped) {
                if (each != null) {
                    each.close();
                }
            }
        }
    }

    private static void read(
            FakeBench bench,
            DmaChannel channel,
            FakeFileChannel file,
            long offset,
            MemorySegment to) {
        Transfer transfer = FakeBench.read(channel, file, offset, to);
        long left = Math.min(to.byteSize(), LENGTH_BYTES - offset);
        assertThat(bench.outcome(transfer).bytes()).isEqualTo(left);
        byte[] expected = new byte[(int) left];
        System.arraycopy(FakeBench.bytes(LENGTH_BYTES), (int) offset, expected, 0, (int) left);
        assertThat(FakeBench.bytes(to.asSlice(0, left))).isEqualTo(expected);
    }

    /** Not under the kernel's lock, for the condition asks the engine. */
    private static void eventually(BooleanSupplier condition) {
        Awaitility.await()
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofNanos(FakeBench.DEADLINE_NANOS))
                .until(condition::getAsBoolean);
    }

    private static void write(
            FakeBench bench, DmaChannel channel, FakeFileChannel file, MemorySegment from) {
        assertThat(bench.outcome(FakeBench.write(channel, file, 100, from)).isWhole()).isTrue();
    }

    private static Handler listener(List<String> told) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                told.add(new java.util.logging.SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
