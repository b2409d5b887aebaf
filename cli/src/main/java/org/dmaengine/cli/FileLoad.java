package org.dmaengine.cli;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;
import org.dmaengine.TransferResult;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes of regular files. One file is only read, from any place of it, across its end
 * too; the other only written, each transfer of a round into a region of its own, which is looked
 * at as closely as a target in memory.
 */
final class FileLoad implements Load, Batch {
    /** More than what an engine is likely to give the kernel at a time. */
    private static final int SEGMENTS_MAX = 20;

    /** One read of so many is near the end of the file, and mostly goes across it. */
    private static final int END_ONE_OF = 8;

    /** A prime: a buffered file ends at a multiple of nothing. */
    private static final long END_BYTES = 4093;

    private final TestBench bench;
    private final Buffers buffers;
    private final long alignBytes;
    private final boolean isDirect;
    private final TestFile readable;
    private final TestFile writable;
    private final long readableBytes;
    private final MemorySegment window;
    // One for each region that was ever used: the last write into it.
    private final List<Write> writes = new ArrayList<>();
    private int regionNext;

    /**
     * Makes the files.
     *
     * @param blockBytes what direct I/O wants offsets and lengths to be multiples of; 0 for
     *     buffered I/O
     */
    FileLoad(TestBench bench, Buffers buffers, long blockBytes) {
        this.bench = bench;
        this.buffers = buffers;
        this.alignBytes = Math.max(blockBytes, bench.alignBytes());
        this.isDirect = blockBytes > 0;
        // Java refuses direct I/O from an end of a file inside a block.
        this.readableBytes = 4 * buffers.bytes() + (isDirect ? 0 : END_BYTES);
        this.readable = TestFile.create(bench.options().folder(), isDirect);
        this.writable = TestFile.create(bench.options().folder(), isDirect);
        this.window =
                bench.arena().allocate(buffers.bytes() + 2 * alignBytes, Math.max(64, alignBytes));
        readable.fillWithContent(readableBytes, window);
    }

    @Override
    public Batch begin(boolean mayStall) {
        regionNext = 0;
        return this;
    }

    @Override
    public Piece next() {
        Scatter memory = bench.scatter(buffers.take(), SEGMENTS_MAX, alignBytes);
        return bench.random().nextBoolean() ? read(memory) : write(memory);
    }

    private Piece read(Scatter memory) {
        boolean atEnd = bench.random().nextInt(END_ONE_OF) == 0;
        long most = atEnd ? memory.lengthBytes() : readableBytes;
        long offset = readableBytes - Math.min(readableBytes, bench.random().nextLong(most + 1));
        memory.fillAsTarget();
        return new Read(memory, offset - offset % alignBytes);
    }

    private Piece write(Scatter memory) {
        int region = regionNext++;
        long room = (window.byteSize() - memory.lengthBytes()) / alignBytes;
        long to = bench.random().nextLong(room + 1) * alignBytes;
        if (region < writes.size()) {
            writes.get(region).checkAgain();
        }
        Write write = new Write(memory, region * window.byteSize(), to);
        write.prefill();
        if (region < writes.size()) {
            writes.set(region, write);
        } else {
            writes.add(write);
        }
        return write;
    }

    @Override
    public Optional<String> close() {
        writes.forEach(Write::checkAgain);
        Optional<String> wrong = readable.checkContent(readableBytes, window);
        readable.close();
        writable.close();
        return wrong;
    }

    private final class Read implements Piece {
        private final Scatter memory;
        private final long offset;
        private final long there;

        Read(Scatter memory, long offset) {
            this.memory = memory;
            this.offset = offset;
            this.there = Math.clamp(readableBytes - offset, 0, memory.lengthBytes());
        }

        @Override
        public Descriptor prep(DmaChannel channel) {
            return channel.prepPeripheralSg(
                    PeripheralConfig.read(new Peripheral.File(readable.channel())).atOffset(offset),
                    memory.segments());
        }

        @Override
        public long lengthBytes() {
            return memory.lengthBytes();
        }

        @Override
        public long from() {
            return offset;
        }

        @Override
        public long to() {
            return memory.offsetBytes();
        }

        @Override
        public Optional<String> checkOutcome(TransferResult result) {
            return switch (result.outcome()) {
                case COMPLETE ->
                        result.bytes() == there
                                ? Optional.empty()
                                : Optional.of("is complete without " + there + " bytes: " + result);
                case ABORTED -> Optional.empty();
                case READ_FAILED, WRITE_FAILED -> Optional.of("failed: " + result);
            };
        }

        @Override
        public Optional<String> checkData(long bytes) {
            // Linux wipes what a direct read asked for behind the end of the file.
            return isDirect && there < lengthBytes()
                    ? memory.checkTargetBegin(bytes, offset)
                    : memory.checkTarget(bytes, offset);
        }

        @Override
        public List<MemorySegment> buffers() {
            return List.of(memory.buffer());
        }
    }

    private final class Write implements Piece {
        private final Scatter memory;
        private final long regionOffset;
        private final long to;
        private final long lengthBytes;
        private long bytes;

        Write(Scatter memory, long regionOffset, long to) {
            this.memory = memory;
            this.regionOffset = regionOffset;
            this.to = to;
            this.lengthBytes = memory.lengthBytes();
        }

        void prefill() {
            memory.fillAsSource(position());
            region().fillAsTarget();
            writable.write(window, regionOffset);
        }

        private Scatter region() {
            return Scatter.of(window, to, lengthBytes);
        }

        private long position() {
            return regionOffset + to;
        }

        @Override
        public Descriptor prep(DmaChannel channel) {
            return channel.prepPeripheralSg(
                    PeripheralConfig.write(new Peripheral.File(writable.channel()))
                            .atOffset(position()),
                    memory.segments());
        }

        @Override
        public long lengthBytes() {
            return lengthBytes;
        }

        @Override
        public long from() {
            return memory.offsetBytes();
        }

        @Override
        public long to() {
            return position();
        }

        @Override
        public Optional<String> checkData(long moved) {
            bytes = moved;
            return memory.checkSource(position()).or(this::checkRegion);
        }

        private Optional<String> checkRegion() {
            writable.read(window, regionOffset);
            return region().checkTarget(bytes, position());
        }

        /** A round or more later: whoever was not done with its buffer has written the poison. */
        void checkAgain() {
            Optional<String> wrong =
                    bench.options().isVerified() ? checkRegion() : Optional.empty();
            if (wrong.isPresent()) {
                bench.tally().lateWrite();
                throw new TestFailure(
                        "late write: the file changed after the end of its transfer: "
                                + wrong.get(),
                        from(),
                        to(),
                        lengthBytes,
                        1);
            }
        }

        @Override
        public List<MemorySegment> buffers() {
            return List.of(memory.buffer());
        }
    }
}
