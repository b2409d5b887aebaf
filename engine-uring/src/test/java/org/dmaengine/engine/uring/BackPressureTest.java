package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Capability;
import org.dmaengine.ChannelRequest;
import org.dmaengine.DmaChannel;
import org.dmaengine.Outcome;
import org.dmaengine.Transfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** E16: a kernel that has no room, at any moment. */
@Timeout(120)
class BackPressureTest {
    private static final int REQUESTS = 10_000;
    private static final int LENGTH_BYTES = 64;

    private static final int[] NO_ROOM = {
        Errno.EAGAIN, Errno.EBUSY, Errno.EINTR, Errno.ENOMEM, Errno.ETIME
    };

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "3, true", "4, true"})
    @DisplayName("E16: of 10,000 transfers under every refusal each ends once, with its bytes")
    void shouldLoseNothing(long seed, boolean inline) {
        Random random = new Random(seed);
        UringOptions options =
                inline
                        ? FakeOptions.inline("entries", "8")
                        : FakeOptions.workers("entries", "8", "depth", "64");
        try (FakeBench bench = new FakeBench(options)) {
            try (FakeDevice device = new FakeDevice(bench.kernel(), seed)) {
                bench.faults().onEntry(each -> fate(each, random));
                bench.faults().onEnter((_, offered, _) -> taken(offered, random));
                byte[] all = FakeBench.bytes(REQUESTS * LENGTH_BYTES);
                FakeFileChannel source = bench.file(new FakeRegularFile(all));
                FakeFileChannel target = bench.file(new FakeRegularFile(new byte[0]));
                MemorySegment memory = bench.memory(all.length);
                move(bench, source, target, memory);
                assertThat(FakeBench.bytes(memory)).as("seed %d", seed).isEqualTo(all);
                assertThat(target.bytes()).as("seed %d", seed).isEqualTo(all);
                assertThat(device.ended()).isPositive();
            }
            bench.faults().onEntry(_ -> Fate.RUN);
        }
    }

    /** Reads all of it in small pieces, and writes what was read, from four channels. */
    private static void move(
            FakeBench bench, FakeFileChannel source, FakeFileChannel target, MemorySegment memory) {
        List<DmaChannel> channels = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            channels.add(
                    bench.engine()
                            .requestChannel(
                                    ChannelRequest.of(Capability.PERIPHERAL).withDepth(REQUESTS)));
        }
        List<Transfer> reads = new ArrayList<>();
        List<Transfer> writes = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            long at = (long) i * LENGTH_BYTES;
            MemorySegment piece = memory.asSlice(at, LENGTH_BYTES);
            reads.add(FakeBench.read(channels.get(i % 4), source, at, piece));
        }
        for (int i = 0; i < REQUESTS; i++) {
            assertThat(bench.outcome(reads.get(i)).isWhole()).isTrue();
            long at = (long) i * LENGTH_BYTES;
            MemorySegment piece = memory.asSlice(at, LENGTH_BYTES);
            writes.add(FakeBench.write(channels.get(i % 4), target, at, piece));
        }
        for (Transfer each : writes) {
            assertThat(bench.outcome(each).isWhole()).isTrue();
        }
    }

    // Both are asked under the kernel's lock, so that they may share what is random.

    private static Fate fate(FakeEntry entry, Random random) {
        if (!entry.isTransfer() || (entry.mayNotWait() && random.nextBoolean())) {
            return Fate.RUN;
        }
        if (entry.mayNotWait()) {
            return random.nextBoolean()
                    ? Fate.answer(-Errno.EAGAIN)
                    : Fate.shorten(1 + random.nextInt(LENGTH_BYTES));
        }
        return random.nextInt(4) == 0 ? Fate.HOLD : Fate.RUN;
    }

    private static int taken(int offered, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> -NO_ROOM[random.nextInt(NO_ROOM.length)];
            case 1 -> random.nextInt(offered + 1);
            default -> offered;
        };
    }

    @Test
    @DisplayName("E16: 10,000 completions at once for a ring of 64 places lose nothing")
    void shouldLoseNothingAtOverflow() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("entries", "4"))) {
            FakeRing ring = readPipes(bench, true);
            assertThat(bench.kernel().lock().locked(ring::overflows)).isGreaterThan(9_000);
        }
    }

    @Test
    @DisplayName("E16, C4: 10,000 waiting reads are cancelled through a ring of 64 places")
    void shouldCancelThroughSmallRing() {
        try (FakeBench bench = new FakeBench(FakeOptions.workers("entries", "4"))) {
            readPipes(bench, false);
        }
    }

    private static FakeRing readPipes(FakeBench bench, boolean fill) {
        List<FakePipe> pipes = new ArrayList<>();
        List<DmaChannel> channels = new ArrayList<>();
        List<Transfer> transfers = new ArrayList<>();
        MemorySegment memory = bench.memory(REQUESTS);
        AtomicInteger waiting = new AtomicInteger();
        bench.faults()
                .onEntry(each -> {
                    waiting.addAndGet(each.isPoll() ? 1 : 0);
                    return Fate.RUN;
                });
        for (int i = 0; i < REQUESTS; i++) {
            FakePipe pipe = new FakePipe(1, true);
            FakeStreamChannel source = bench.stream(pipe.source());
            pipes.add(pipe);
            channels.add(bench.channel());
            transfers.add(FakeBench.read(channels.get(i), source, 0, memory.asSlice(i, 1)));
        }
        bench.eventually(() -> waiting.get() == REQUESTS);
        FakeRing ring = bench.entriesNow(FakeEntry::isPoll).getFirst().ring();
        if (fill) {
            fill(bench, pipes);
        } else {
            channels.forEach(DmaChannel::terminateAsync);
        }
        for (int i = 0; i < REQUESTS; i++) {
            Outcome expected = fill ? Outcome.COMPLETE : Outcome.ABORTED;
            assertThat(bench.outcome(transfers.get(i)).outcome()).isEqualTo(expected);
            byte value = memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i);
            assertThat(value).isEqualTo(fill ? (byte) i : 0);
        }
        return ring;
    }

    /** All of them in one moment. */
    private static void fill(FakeBench bench, List<FakePipe> pipes) {
        MemorySegment source = bench.memory(1);
        bench.kernel()
                .lock()
                .locked(() -> {
                    for (int i = 0; i < REQUESTS; i++) {
                        source.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0, (byte) i);
                        pipes.get(i).sink().write(source, 0);
                    }
                    bench.kernel().flight().settle();
                });
    }
}
