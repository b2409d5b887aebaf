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
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Transfers that the kernel moves in more pieces than one, or not at all, and streams that pause.
 */
@Timeout(60)
class PiecesTest {
    private static final int LENGTH_BYTES = 30_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @DisplayName("short reads and writes are continued where they ended, over all buffers")
    void shouldContinue(long seed) {
        Random random = new Random(seed);
        UringOptions options =
                seed % 2 == 0 ? FakeOptions.workers("chunk", "4096") : FakeOptions.inline();
        try (FakeBench bench = new FakeBench(options)) {
            bench.faults()
                    .onEntry(each ->
                            each.isTransfer() ? Fate.shorten(1 + random.nextInt(5_000)) : Fate.RUN);
            FakeFileChannel source = bench.file(LENGTH_BYTES);
            FakeFileChannel target = bench.file(0);
            MemorySegment memory = bench.memory(LENGTH_BYTES);
            MemorySegment[] buffers = cut(memory, random);
            DmaChannel channel = bench.channel();
            Transfer read = FakeBench.read(channel, source, 0, buffers);
            assertThat(bench.outcome(read).isWhole()).isTrue();
            byte[] expected = FakeBench.bytes(LENGTH_BYTES);
            assertThat(FakeBench.bytes(memory)).as("seed %d", seed).isEqualTo(expected);
            Transfer write = FakeBench.write(channel, target, 0, buffers);
            assertThat(bench.outcome(write).isWhole()).isTrue();
            assertThat(target.bytes()).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private static MemorySegment[] cut(MemorySegment memory, Random random) {
        MemorySegment[] buffers = new MemorySegment[1 + random.nextInt(40)];
        long at = 0;
        for (int i = 0; i < buffers.length; i++) {
            long left = memory.byteSize() - at - (buffers.length - i);
            long length = i == buffers.length - 1 ? left + 1 : 1 + random.nextLong(left / 4);
            buffers[i] = memory.asSlice(at, length);
            at += length;
        }
        return buffers;
    }

    @Test
    @DisplayName("the end of a file ends its read well, with the bytes that there were")
    void shouldEndAtEndOfFile() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakeFileChannel file = bench.file(100);
            DmaChannel channel = bench.channel();
            TransferResult some =
                    bench.outcome(FakeBench.read(channel, file, 40, bench.memory(1_000)));
            assertThat(some.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(some.bytes()).isEqualTo(60);
            assertThat(some.residueBytes()).isEqualTo(940);
            TransferResult none =
                    bench.outcome(FakeBench.read(channel, file, 4_000, bench.memory(10)));
            assertThat(none.outcome()).isEqualTo(Outcome.COMPLETE);
            assertThat(none.bytes()).isZero();
        }
    }

    @Test
    @DisplayName(
            "a device with positions is read and written where the transfer says, piece by piece")
    void shouldKeepToOffsetsOfDevice() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            bench.faults().onEntry(each -> each.isTransfer() ? Fate.shorten(30) : Fate.RUN);
            FakeFileChannel device = bench.file(new FakeRegularFile(FakeBench.bytes(200)).device());
            DmaChannel channel = bench.channel();
            MemorySegment memory = bench.memory(100);
            assertThat(bench.outcome(FakeBench.read(channel, device, 40, memory)).isWhole())
                    .isTrue();
            byte[] part = Arrays.copyOfRange(FakeBench.bytes(200), 40, 140);
            assertThat(FakeBench.bytes(memory)).isEqualTo(part);
            assertThat(bench.outcome(FakeBench.write(channel, device, 100, memory)).isWhole())
                    .isTrue();
            assertThat(Arrays.copyOfRange(device.bytes(), 100, 200)).isEqualTo(part);
        }
    }

    @Test
    @DisplayName("a write of which the kernel takes nothing fails, and is not tried for ever")
    void shouldFailWriteOfNothing() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            AtomicInteger writes = new AtomicInteger();
            bench.faults()
                    .onEntry(each -> {
                        writes.addAndGet(each.isWrite() ? 1 : 0);
                        return Fate.RUN;
                    });
            FakeFileChannel file = bench.file(new FakeRegularFile(new byte[0]).full());
            Transfer transfer = FakeBench.write(bench.channel(), file, 0, bench.memory(10));
            TransferResult result = bench.outcome(transfer);
            assertThat(result.outcome()).isEqualTo(Outcome.WRITE_FAILED);
            assertThat(result.bytes()).isZero();
            assertThat(result.error().orElseThrow().message()).contains("0 bytes");
            assertThat(writes).hasValue(1);
        }
    }

    @Test
    @DisplayName("C13: a blocked stream pauses, takes nothing meanwhile, and goes on")
    void shouldPauseBlockedStream() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakePipe pipe = new FakePipe(4096, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            MemorySegment target = bench.memory(100);
            Transfer transfer = FakeBench.read(channel, source, 0, target);
            bench.entry(FakeEntry::isPoll);
            bench.within("pausing", channel::pause);
            assertThat(bench.entriesNow(FakeEntry::isPoll)).isEmpty();
            FakeBench.put(sink, FakeBench.bytes(100));
            bench.round();
            assertThat(bench.kernel().lock().locked(pipe::readBytes)).isZero();
            channel.resume();
            assertThat(bench.outcome(transfer).isWhole()).isTrue();
            assertThat(FakeBench.bytes(target)).isEqualTo(FakeBench.bytes(100));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("C13, E6: a stream that is paused at any moment loses no byte")
    void shouldLoseNothingByPauses(long seed) {
        Random random = new Random(seed);
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakePipe pipe = new FakePipe(64, seed % 2 == 0);
            FakeStreamChannel source = bench.stream(pipe.source());
            FakeStreamChannel sink = bench.stream(pipe.sink());
            DmaChannel channel = bench.channel();
            MemorySegment target = bench.memory(LENGTH_BYTES);
            Transfer transfer = FakeBench.read(channel, source, 0, target);
            ByteBuffer bytes = ByteBuffer.wrap(FakeBench.bytes(LENGTH_BYTES));
            while (bytes.hasRemaining()) {
                boolean pauses = random.nextInt(4) == 0;
                if (pauses) {
                    bench.within("pausing", channel::pause);
                }
                int some = Math.min(bytes.remaining(), random.nextInt(100));
                ByteBuffer part = bytes.slice(bytes.position(), some);
                sink.write(part);
                bytes.position(bytes.position() + part.position());
                if (pauses) {
                    channel.resume();
                }
            }
            assertThat(bench.outcome(transfer).isWhole()).as("seed %d", seed).isTrue();
            assertThat(FakeBench.bytes(target))
                    .as("seed %d", seed)
                    .isEqualTo(FakeBench.bytes(LENGTH_BYTES));
        }
    }

    @Test
    @DisplayName("commands reach the kernel with their arguments")
    void shouldRunCommands() {
        FakeRegularFile regular = new FakeRegularFile(FakeBench.bytes(100));
        try (FakeBench bench = new FakeBench(FakeOptions.workers())) {
            FakeFileChannel file = bench.file(regular);
            Peripheral peripheral = Peripheral.of(file);
            DmaChannel channel = bench.channel();
            run(bench, channel, peripheral, new Command.Allocate(50, 150, false));
            assertThat(file.bytes()).hasSize(200);
            run(bench, channel, peripheral, new Command.Allocate(0, 500, true));
            assertThat(file.bytes()).hasSize(200);
            run(bench, channel, peripheral, new Command.PunchHole(10, 80));
            assertThat(Arrays.copyOfRange(file.bytes(), 10, 90)).containsOnly(0);
            assertThat(file.bytes()[9]).isEqualTo(FakeBench.bytes(100)[9]);
            run(bench, channel, peripheral, new Command.Sync(false));
            run(bench, channel, peripheral, new Command.Sync(true));
            assertThat(bench.kernel().lock().locked(regular::syncs)).isEqualTo(2);
        }
    }

    private static void run(
            FakeBench bench, DmaChannel channel, Peripheral peripheral, Command command) {
        Transfer transfer = channel.submit(channel.prepCommand(peripheral, command));
        channel.issuePending();
        assertThat(bench.outcome(transfer).outcome()).isEqualTo(Outcome.COMPLETE);
    }
}
