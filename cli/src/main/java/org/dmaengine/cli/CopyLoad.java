package org.dmaengine.cli;

import org.dmaengine.Descriptor;
import org.dmaengine.DmaChannel;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Copies from memory to memory, from a buffer to another, of random length between random places.
 */
final class CopyLoad implements Load, Batch {
    private final TestBench bench;
    private final Buffers buffers;

    CopyLoad(TestBench bench, Buffers buffers) {
        this.bench = bench;
        this.buffers = buffers;
    }

    @Override
    public Batch begin(boolean mayStall) {
        return this;
    }

    @Override
    public Piece next() {
        long length = bench.lengthWithin(buffers.bytes());
        long from = bench.offsetFor(length, buffers.bytes());
        long to = bench.offsetFor(length, buffers.bytes());
        Copy copy = new Copy(buffers.take(), buffers.take(), from, to, length);
        Pattern.fillSource(copy.source, from, length);
        Pattern.fillTarget(copy.target, to, length);
        return copy;
    }

    private record Copy(
            MemorySegment source, MemorySegment target, long from, long to, long lengthBytes)
            implements Piece {

        @Override
        public Descriptor prep(DmaChannel channel) {
            return channel.prepMemcpy(
                    target.asSlice(to, lengthBytes), source.asSlice(from, lengthBytes));
        }

        /** Half a copy may have been made in any order. */
        @Override
        public Optional<String> checkData(long bytes) {
            return Pattern.checkSource(source, from, lengthBytes).or(() -> checkTarget(bytes));
        }

        private Optional<String> checkTarget(long bytes) {
            if (bytes == 0) {
                return Pattern.checkUntouched(target, to, lengthBytes);
            }
            return bytes == lengthBytes
                    ? Pattern.checkTarget(target, to, lengthBytes, from)
                    : Pattern.checkAround(target, to, lengthBytes);
        }

        @Override
        public List<MemorySegment> buffers() {
            return List.of(source, target);
        }
    }
}
