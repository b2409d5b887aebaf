package org.dmaengine;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A strided memory to memory transfer (kernel: {@code struct dma_interleaved_template}): {@code
 * frames} times the same row of chunks, with a gap after each chunk on either side.
 *
 * @param source where the first chunk is read
 * @param target where the first chunk is written
 * @param frames how often the row is repeated ({@code numf})
 * @param chunks the row ({@code sgl[frame_size]})
 */
public record InterleavedTemplate(
        MemorySegment source, MemorySegment target, int frames, List<Chunk> chunks) {

    /**
     * One contiguous piece (kernel: {@code struct data_chunk}).
     *
     * @param lengthBytes bytes moved ({@code size})
     * @param sourceGapBytes bytes skipped behind it in the source ({@code src_icg})
     * @param targetGapBytes bytes skipped behind it in the target ({@code dst_icg})
     */
    public record Chunk(long lengthBytes, long sourceGapBytes, long targetGapBytes) {}

    /** Copies the row; an impossible template is refused, with the reason. */
    public InterleavedTemplate {
        chunks = List.copyOf(chunks);
        if (frames < 1 || chunks.isEmpty()) {
            throw bounds(
                    "frames " + frames + " and chunks " + chunks.size() + " must be at least 1");
        }
        for (Chunk chunk : chunks) {
            if (chunk.lengthBytes < 1 || chunk.sourceGapBytes < 0 || chunk.targetGapBytes < 0) {
                throw bounds("length must be positive and gaps not negative in " + chunk);
            }
        }
        try {
            requireFits(frames, chunks, source, target);
        } catch (ArithmeticException overflow) {
            throw bounds("frames " + frames + " times the row " + chunks + " overflows 64 bits");
        }
    }

    /** Bytes that one frame moves. */
    public long frameBytes() {
        return chunks.stream().mapToLong(Chunk::lengthBytes).sum();
    }

    /** Bytes from the start of one frame to the next in the source. */
    public long sourceStrideBytes() {
        return chunks.stream().mapToLong(c -> c.lengthBytes + c.sourceGapBytes).sum();
    }

    /** Bytes from the start of one frame to the next in the target. */
    public long targetStrideBytes() {
        return chunks.stream().mapToLong(c -> c.lengthBytes + c.targetGapBytes).sum();
    }

    /** Bytes that the whole transfer moves. */
    public long lengthBytes() {
        return frameBytes() * frames;
    }

    private static void requireFits(
            int frames, List<Chunk> chunks, MemorySegment source, MemorySegment target) {
        long sourceSpan = 0;
        long targetSpan = 0;
        for (Chunk chunk : chunks) {
            sourceSpan =
                    Math.addExact(
                            sourceSpan, Math.addExact(chunk.lengthBytes, chunk.sourceGapBytes));
            targetSpan =
                    Math.addExact(
                            targetSpan, Math.addExact(chunk.lengthBytes, chunk.targetGapBytes));
        }
        // The gap behind the very last chunk is never touched.
        Chunk last = chunks.getLast();
        long sourceNeed = Math.multiplyExact(sourceSpan, frames) - last.sourceGapBytes;
        long targetNeed = Math.multiplyExact(targetSpan, frames) - last.targetGapBytes;
        if (sourceNeed > source.byteSize() || targetNeed > target.byteSize()) {
            throw bounds(
                    "the template spans %d source and %d target bytes, the segments have %d and %d"
                            .formatted(
                                    sourceNeed, targetNeed, source.byteSize(), target.byteSize()));
        }
    }

    private static PrepRefusedException bounds(String message) {
        return new PrepRefusedException(PrepRefusedException.Reason.BOUNDS, message);
    }
}
