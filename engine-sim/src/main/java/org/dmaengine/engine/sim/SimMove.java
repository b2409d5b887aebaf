package org.dmaengine.engine.sim;

import org.dmaengine.Direction;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.InterleavedTemplate.Chunk;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Moves a stretch of one operation's bytes, now. */
final class SimMove {
    /** The peripheral's end was reached. */
    static final int END = -1;

    /** Is told what is about to be touched. */
    interface Touch {
        void touching(MemorySegment memory, long offset, long length, boolean written);
    }

    private final Operation operation;
    private final Touch touch;

    SimMove(Operation operation, Touch touch) {
        this.operation = operation;
        this.touch = touch;
    }

    /**
     * Moves the bytes from {@code from}, at most {@code length} of them.
     *
     * @return how many; 0 if the peripheral has none now; {@link #END} at its end
     * @throws IOException from the peripheral
     */
    long move(long from, long length) throws IOException {
        return switch (operation) {
            case Operation.Memcpy copy -> copy(copy, from, length);
            case Operation.Memset fill -> fill(fill, from, length);
            case Operation.Interleaved interleaved ->
                    interleave(interleaved.template(), from, length);
            case Operation.PeripheralSg scatter ->
                    exchange(scatter.config(), scatter.offsetBytes() + from, from, length);
            case Operation.Cyclic cyclic ->
                    exchange(cyclic.config(), cyclic.config().offsetBytes() + from, from, length);
            case Operation.Interrupt _, Operation.PeripheralCommand _ -> 0;
        };
    }

    /** What stands in the memory of a peripheral transfer, at a stretch that was moved at once. */
    byte[] content(long from, long length) {
        Place place = place(from);
        byte[] bytes = new byte[Math.toIntExact(length)];
        MemorySegment.copy(
                place.memory, ValueLayout.JAVA_BYTE, place.offset, bytes, 0, bytes.length);
        return bytes;
    }

    /** Writes or reads it once more, without the peripheral. */
    void repeat(long from, byte[] bytes, boolean writes) {
        Place place = place(from);
        touch.touching(place.memory, place.offset, bytes.length, writes);
        MemorySegment array = MemorySegment.ofArray(bytes);
        MemorySegment memory = place.memory.asSlice(place.offset, bytes.length);
        if (writes) {
            memory.copyFrom(array);
        } else {
            array.copyFrom(memory);
        }
    }

    /** The boundary that a stretch from here must not cross. */
    long boundary(long from) {
        return switch (operation) {
            case Operation.Cyclic cyclic ->
                    (from / cyclic.periodBytes() + 1) * cyclic.periodBytes();
            case Operation.PeripheralSg scatter -> {
                long end = 0;
                for (MemorySegment segment : scatter.segments()) {
                    end += segment.byteSize();
                    if (end > from) {
                        break;
                    }
                }
                yield end;
            }
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    operation.lengthBytes();
        };
    }

    private long copy(Operation.Memcpy copy, long from, long length) {
        long source = copy.sourceOffset() + from;
        long target = copy.targetOffset() + from;
        touch.touching(copy.source(), source, length, false);
        touch.touching(copy.target(), target, length, true);
        MemorySegment.copy(copy.source(), source, copy.target(), target, length);
        return length;
    }

    private long fill(Operation.Memset fill, long from, long length) {
        touch.touching(fill.target(), from, length, true);
        fill.target().asSlice(from, length).fill(fill.value());
        return length;
    }

    /** One piece of one chunk at a time. */
    private long interleave(InterleavedTemplate template, long from, long length) {
        long frame = from / template.frameBytes();
        long left = from % template.frameBytes();
        long source = frame * template.sourceStrideBytes();
        long target = frame * template.targetStrideBytes();
        for (Chunk chunk : template.chunks()) {
            if (left < chunk.lengthBytes()) {
                long piece = Math.min(length, chunk.lengthBytes() - left);
                touch.touching(template.source(), source + left, piece, false);
                touch.touching(template.target(), target + left, piece, true);
                MemorySegment.copy(
                        template.source(), source + left, template.target(), target + left, piece);
                return piece;
            }
            left -= chunk.lengthBytes();
            source += chunk.lengthBytes() + chunk.sourceGapBytes();
            target += chunk.lengthBytes() + chunk.targetGapBytes();
        }
        throw new IllegalStateException("byte " + from + " lies in no chunk of " + template);
    }

    /** A byte of a transfer from or to a peripheral, in memory. */
    private record Place(MemorySegment memory, long offset) {}

    private Place place(long from) {
        return switch (operation) {
            case Operation.PeripheralSg scatter -> {
                long start = 0;
                for (MemorySegment segment : scatter.segments()) {
                    if (from < start + segment.byteSize()) {
                        yield new Place(segment, from - start);
                    }
                    start += segment.byteSize();
                }
                throw new IllegalStateException("byte " + from + " lies behind " + operation);
            }
            case Operation.Cyclic cyclic ->
                    new Place(cyclic.ring(), from % cyclic.ring().byteSize());
            case Operation.Memcpy _,
                    Operation.Memset _,
                    Operation.Interleaved _,
                    Operation.PeripheralCommand _,
                    Operation.Interrupt _ ->
                    throw new IllegalStateException(operation + " has no peripheral");
        };
    }

    private long exchange(PeripheralConfig config, long position, long from, long length)
            throws IOException {
        Place place = place(from);
        long piece = Math.min(length, place.memory.byteSize() - place.offset);
        boolean reads = config.direction() == Direction.DEV_TO_MEM;
        touch.touching(place.memory, place.offset, piece, reads);
        ByteBuffer bytes =
                place.memory
                        .asSlice(place.offset, Math.min(piece, Integer.MAX_VALUE))
                        .asByteBuffer();
        try {
            if (config.peripheral() instanceof Peripheral.File(FileChannel file)) {
                return reads ? file.read(bytes, position) : file.write(bytes, position);
            }
            return reads
                    ? ((ReadableByteChannel) config.peripheral().channel()).read(bytes)
                    : ((WritableByteChannel) config.peripheral().channel()).write(bytes);
        } catch (NonReadableChannelException
                | NonWritableChannelException
                | NotYetConnectedException unfit) {
            throw new IOException(unfit.toString(), unfit);
        }
    }
}
