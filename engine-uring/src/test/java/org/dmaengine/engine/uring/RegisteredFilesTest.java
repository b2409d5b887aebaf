package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Which open files the ring holds, and for how long. */
@Timeout(60)
class RegisteredFilesTest {
    private static final int LENGTH_BYTES = 100;

    private static UringOptions options(boolean inline) {
        return inline ? FakeOptions.inline() : FakeOptions.workers();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a file in steady use is registered once")
    void shouldRegisterOnce(boolean inline) {
        try (FakeBench bench = new FakeBench(options(inline))) {
            AtomicInteger updates = new AtomicInteger();
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            List<String> unregistered = new ArrayList<>();
            bench.faults()
                    .onRegister((operation, _) -> {
                        boolean update = operation == IoUring.IORING_REGISTER_FILES_UPDATE;
                        updates.addAndGet(update ? 1 : 0);
                        return 0;
                    });
            bench.faults()
                    .onEntry(each -> {
                        if (each.isTransfer() && !each.hasRegisteredFile()) {
                            unregistered.add(each.toString());
                        }
                        return Fate.RUN;
                    });
            MemorySegment target = bench.memory(LENGTH_BYTES);
            for (int i = 0; i < 1000; i++) {
                assertThat(bench.outcome(FakeBench.read(channel, file, 0, target)).isWhole())
                        .isTrue();
            }
            // More only if this thread was held up for so long that the file lay idle.
            assertThat(updates).hasValueLessThan(10).hasPositiveValue();
            assertThat(unregistered).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @DisplayName("a file is let go when its client has closed it, and when nobody uses it")
    void shouldLetGo(boolean inline, boolean closed) throws Exception {
        try (FakeBench bench = new FakeBench(options(inline))) {
            FakeRegularFile regular = new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES));
            FakeFileChannel file = bench.file(regular);
            DmaChannel channel = bench.channel();
            int before = bench.kernel().descriptorCount();
            MemorySegment target = bench.memory(10);
            assertThat(bench.outcome(FakeBench.read(channel, file, 0, target)).bytes())
                    .isEqualTo(10);
            AtomicInteger cleared = new AtomicInteger();
            bench.faults()
                    .onRegister((_, _) -> {
                        cleared.getAndIncrement();
                        return 0;
                    });
            if (closed) {
                file.close();
                bench.eventually(regular::isClosed);
            } else {
                bench.eventually(() -> cleared.get() == 1);
                assertThat(bench.kernel().lock().locked(regular::isClosed)).isFalse();
                assertThat(bench.kernel().descriptorCount()).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a file that the kernel would not let go for the moment is let go later")
    void shouldLetGoAgain(boolean inline) throws Exception {
        try (FakeBench bench = new FakeBench(options(inline))) {
            FakeRegularFile regular = new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES));
            FakeFileChannel file = bench.file(regular);
            DmaChannel channel = bench.channel();
            MemorySegment target = bench.memory(10);
            assertThat(bench.outcome(FakeBench.read(channel, file, 0, target)).isWhole()).isTrue();
            AtomicInteger refusals = new AtomicInteger();
            bench.faults().onRegister((_, _) -> refusals.getAndIncrement() < 3 ? -Errno.ENOMEM : 0);
            file.close();
            bench.eventually(regular::isClosed);
            assertThat(refusals).hasValue(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName(
            "a transfer on a closed channel fails with EBADF, and touches no file of its number")
    void shouldRefuseClosedFile(boolean inline) throws Exception {
        try (FakeBench bench = new FakeBench(options(inline))) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            // Once with the file unknown to the ring, once with the file registered.
            for (int i = 0; i < 2; i++) {
                FakeFileChannel mine = i == 0 ? file : bench.file(LENGTH_BYTES);
                if (i == 1) {
                    bench.outcome(FakeBench.read(channel, mine, 0, bench.memory(1)));
                }
                MemorySegment source = bench.memory(FakeBench.bytes(10));
                Transfer transfer =
                        channel.submit(
                                channel.prepPeripheralSg(
                                        PeripheralConfig.write(Peripheral.of(mine)),
                                        List.of(source)));
                mine.close();
                FakeFileChannel other = bench.file(new FakeRegularFile(new byte[LENGTH_BYTES]));
                assertThat(other.number()).isEqualTo(mine.number());
                channel.issuePending();
                TransferResult result = bench.outcome(transfer);
                assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
                assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.EBADF);
                assertThat(result.bytes()).isZero();
                assertThat(other.bytes()).containsOnly(0);
                other.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 16", "false, 0", "true, 16", "true, 0"})
    @DisplayName(
            "a channel closed while the ring takes its file over does not lead to another file")
    void shouldNotTakeOverNumber(boolean inline, String files) {
        UringOptions options =
                inline ? FakeOptions.inline("files", files) : FakeOptions.workers("files", files);
        try (FakeBench bench = new FakeBench(options)) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            FakeRegularFile regular = new FakeRegularFile(new byte[LENGTH_BYTES]);
            AtomicReference<FakeFileChannel> other = new AtomicReference<>();
            DmaChannel channel = bench.channel();
            MemorySegment source = bench.memory(FakeBench.bytes(LENGTH_BYTES));
            bench.faults()
                    .onMode(number -> {
                        if (number == file.number() && file.isOpen()) {
                            FakeBench.close(file);
                            other.set(bench.file(regular));
                        }
                        return 0;
                    });
            TransferResult result = bench.outcome(FakeBench.write(channel, file, 0, source));
            assertThat(other.get().number()).isEqualTo(file.number());
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.EBADF);
            assertThat(other.get().bytes()).containsOnly(0);
            // Nothing holds it open: it is closed by its client's close.
            FakeBench.close(other.get());
            assertThat(bench.kernel().lock().locked(regular::isClosed)).isTrue();
        }
    }

    @Test
    @DisplayName("a channel closed under its transfer: the rest goes to the same file, or nowhere")
    void shouldStayWithItsFile() throws Exception {
        for (String files : new String[] {"16", "0"}) {
            try (FakeBench bench = new FakeBench(FakeOptions.workers("files", files))) {
                bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
                FakeRegularFile regular = new FakeRegularFile(new byte[0]);
                FakeFileChannel file = bench.file(regular);
                DmaChannel channel = bench.channel();
                byte[] bytes = FakeBench.bytes(LENGTH_BYTES);
                Transfer transfer = FakeBench.write(channel, file, 0, bench.memory(bytes));
                FakeEntry first = bench.entry(FakeEntry::isTransfer);
                file.close();
                FakeFileChannel other = bench.file(new FakeRegularFile(new byte[LENGTH_BYTES]));
                first.run(60);
                bench.entry(each -> each.isTransfer() && each.offset() == 60).run();
                assertThat(bench.outcome(transfer).isWhole()).isTrue();
                assertThat(bench.kernel().lock().locked(regular::bytes)).isEqualTo(bytes);
                assertThat(other.bytes()).containsOnly(0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a kernel without sparse tables gets a table of places that are empty one by one")
    void shouldRegisterWithOlderKernels(boolean inline) {
        try (FakeBench bench = new FakeBench(options(inline))) {
            AtomicInteger duplicates = new AtomicInteger();
            // As Linux 5.13 to 5.18; before that it is not known at all, and EINVAL too.
            bench.faults()
                    .onRegister((operation, _) ->
                            operation == IoUring.IORING_REGISTER_FILES2 ? -Errno.EINVAL : 0);
            bench.faults()
                    .onDuplicate(_ -> {
                        duplicates.getAndIncrement();
                        return 0;
                    });
            DmaChannel channel = bench.channel();
            for (int i = 1; i <= 5; i++) {
                MemorySegment target = bench.memory(i);
                assertThat(bench.outcome(FakeBench.read(channel, bench.file(i), 0, target)))
                        .matches(TransferResult::isWhole);
                assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(i));
            }
            assertThat(duplicates).hasValue(0);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 12", "2, 24", "2, 22", "6, 12", "6, 24", "6, 22"})
    @DisplayName("where the kernel registers no file, descriptors are duplicated, and all closed")
    void shouldDuplicateWhatIsNotRegistered(int operation, int errno) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            boolean noTable = operation == IoUring.IORING_REGISTER_FILES;
            bench.faults()
                    .onRegister((asked, _) ->
                            asked == operation
                                            || (noTable && asked == IoUring.IORING_REGISTER_FILES2)
                                    ? -errno
                                    : 0);
            readAll(bench, 5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a duplicate of a file is kept and used again until its client closes the file")
    void shouldKeepDuplicateOfOpenFile(boolean inline) throws Exception {
        UringOptions options =
                inline ? FakeOptions.inline("files", "0") : FakeOptions.workers("files", "0");
        try (FakeBench bench = new FakeBench(options)) {
            FakeRegularFile regular = new FakeRegularFile(FakeBench.bytes(LENGTH_BYTES));
            FakeFileChannel file = bench.file(regular);
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel sink = bench.stream(pipe.sink());
            bench.stream(pipe.source());
            DmaChannel channel = bench.channel();
            DmaChannel toSink = bench.channel();
            MemorySegment memory = bench.memory(10);
            AtomicInteger duplicates = new AtomicInteger();
            bench.faults()
                    .onDuplicate(number -> {
                        duplicates.addAndGet(number == file.number() ? 1 : 0);
                        return 0;
                    });
            int before = bench.kernel().descriptorCount();
            for (int i = 0; i < 2; i++) {
                assertThat(bench.outcome(FakeBench.read(channel, file, 0, memory)).isWhole())
                        .isTrue();
                assertThat(bench.outcome(FakeBench.write(toSink, sink, 0, memory)).isWhole())
                        .isTrue();
                // That of the pipe is not needed any more, and in the same look it was let go.
                bench.eventually(() -> bench.kernel().descriptorCount() == before + 1);
                bench.round();
                assertThat(bench.kernel().descriptorCount()).isEqualTo(before + 1);
            }
            assertThat(duplicates).hasValue(1);
            file.close();
            bench.eventually(regular::isClosed);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2", "5"})
    @DisplayName("what finds no place in the table is duplicated, and all is closed")
    void shouldDuplicateWhatFindsNoPlace(String places) {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("files", places))) {
            readAll(bench, 5);
        }
    }

    /** From several files at once, so that none can take the place of another. */
    private static void readAll(FakeBench bench, int count) {
        bench.faults().onEntry(each -> each.isTransfer() ? Fate.HOLD : Fate.RUN);
        List<Transfer> transfers = new ArrayList<>();
        List<MemorySegment> targets = new ArrayList<>();
        DmaChannel channel = bench.channel();
        for (int i = 0; i < count; i++) {
            targets.add(bench.memory(LENGTH_BYTES + i));
            FakeFileChannel file = bench.file(LENGTH_BYTES + i);
            transfers.add(FakeBench.read(channel, file, 0, targets.get(i)));
        }
        bench.entries(count, FakeEntry::isTransfer).forEach(FakeEntry::run);
        for (int i = 0; i < count; i++) {
            assertThat(bench.outcome(transfers.get(i)).isWhole()).isTrue();
            assertThat(FakeBench.bytes(targets.get(i)))
                    .isEqualTo(FakeBench.bytes(LENGTH_BYTES + i));
        }
    }

    @Test
    @DisplayName("where no descriptor can be had either, the transfer fails and says why")
    void shouldTellThatNoDescriptorIsLeft() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("files", "0"))) {
            FakeFileChannel file = bench.file(LENGTH_BYTES);
            DmaChannel channel = bench.channel();
            bench.faults().onDuplicate(_ -> -Errno.EMFILE);
            TransferResult result =
                    bench.outcome(FakeBench.read(channel, file, 0, bench.memory(10)));
            assertThat(result.outcome()).isEqualTo(Outcome.READ_FAILED);
            assertThat(result.error().orElseThrow().nativeCode()).isEqualTo(Errno.EMFILE);
            assertThat(result.error().orElseThrow().message()).contains("ulimit -n");
            bench.faults().onDuplicate(_ -> 0);
            assertThat(bench.outcome(FakeBench.read(channel, file, 0, bench.memory(10))).isWhole())
                    .isTrue();
        }
    }
}
