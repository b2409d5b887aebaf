package org.dmaengine.engine.sim;

import org.dmaengine.Direction;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.InterleavedTemplate.Chunk;
import org.dmaengine.Operation;
import org.dmaengine.Peripheral;
import org.dmaengine.PeripheralConfig;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
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
            case Operation.PeripheralSg scatter -> scatter(scatter, from, length);
            case Operation.Cyclic cyclic -> cycle(cyclic, from, length);
            case Operation.Interrupt _, Operation.PeripheralCommand _ -> 0;
        };
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

    private long scatter(Operation.PeripheralSg scatter, long from, long length)
            throws IOException {
        long start = 0;
        for (MemorySegment segment : scatter.segments()) {
            if (from < start + segment.byteSize()) {
                long offset = from - start;
                long piece = Math.min(length, segment.byteSize() - offset);
                return exchange(scatter.config(), from, segment, offset, piece);
            }
            start += segment.byteSize();
        }
        return 0;
    }

    private long cycle(Operation.Cyclic cyclic, long from, long length) throws IOException {
        return exchange(
                cyclic.config(), from, cyclic.ring(), from % cyclic.ring().byteSize(), length);
    }

    private long exchange(
            PeripheralConfig config, long from, MemorySegment memory, long offset, long length)
            throws IOException {
        boolean reads = config.direction() == Direction.DEV_TO_MEM;
        touch.touching(memory, offset, length, reads);
        ByteBuffer bytes =
                memory.asSlice(offset, Math.min(length, Integer.MAX_VALUE)).asByteBuffer();
        try {
            if (config.peripheral() instanceof Peripheral.File(FileChannel file)) {
                long position = config.offsetBytes() + from;
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
