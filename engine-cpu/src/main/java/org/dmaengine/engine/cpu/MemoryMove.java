package org.dmaengine.engine.cpu;

import org.dmaengine.DmaArena;
import org.dmaengine.InterleavedTemplate;
import org.dmaengine.InterleavedTemplate.Chunk;
import org.dmaengine.Operation;
import org.dmaengine.spi.IssuedCopies;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Moves pieces of memory operations. Nothing is kept between two pieces: where to go on follows
 * from the bytes moved so far, so that a memory operation costs no object.
 */
final class MemoryMove {
    // Bounds the time of a piece that is all small chunks.
    private static final int COPIES_MAX = 1 << 12;

    private MemoryMove() {}

    /** Copies up to {@code maxBytes} from where it stands; returns how many. */
    static long copy(Operation.Memcpy copy, long movedBytes, long maxBytes) {
        long bytes = Math.min(maxBytes, copy.lengthBytes() - movedBytes);
        CopyLoop.copy(
                copy.source(),
                copy.sourceOffset() + movedBytes,
                copy.target(),
                copy.targetOffset() + movedBytes,
                bytes);
        return bytes;
    }

    /** Moves one of the small copies that stand together: each is a chunk. */
    static void copy(IssuedCopies copies, int index) {
        CopyLoop.copy(
                copies.source(index),
                copies.sourceOffset(index),
                copies.target(index),
                copies.targetOffset(index),
                copies.lengthBytes(index));
    }

    /**
     * Whether all memory of these was allocated by arenas of ours: other memory may be a file, and
     * be waited for.
     */
    @SuppressWarnings({
        "ReferenceEquality",
        "MemorySegmentReferenceEquality"
    }) // Only whether to ask again.
    static boolean isAllAllocated(IssuedCopies copies) {
        MemorySegment target = copies.target(0);
        MemorySegment source = copies.source(0);
        boolean all = DmaArena.hasAllocated(target) && DmaArena.hasAllocated(source);
        for (int i = 1; all && i < copies.count(); i++) {
            if (copies.target(i) != target) {
                target = copies.target(i);
                all = DmaArena.hasAllocated(target);
            }
            if (copies.source(i) != source) {
                source = copies.source(i);
                all = all && DmaArena.hasAllocated(source);
            }
        }
        return all;
    }

    /** Fills up to {@code maxBytes}; returns how many. */
    static long fill(Operation.Memset memset, long movedBytes, long maxBytes) {
        long bytes = Math.min(maxBytes, memset.lengthBytes() - movedBytes);
        CopyLoop.fill(memset.target(), movedBytes, bytes, memset.value());
        return bytes;
    }

    /**
     * Copies up to {@code maxBytes}, chunk after chunk; returns how many. A piece may begin and end
     * inside a chunk. Pieces of many small chunks end early, so that a piece is always short.
     */
    static long interleave(InterleavedTemplate template, long movedBytes, long maxBytes) {
        List<Chunk> row = template.chunks();
        long frameBytes = template.frameBytes();
        long frame = movedBytes / frameBytes;
        long source = frame * template.sourceStrideBytes();
        long target = frame * template.targetStrideBytes();
        long skip = movedBytes % frameBytes;
        long done = 0;
        for (int copies = 0; frame < template.frames(); frame++) {
            for (int i = 0; i < row.size(); i++) {
                Chunk chunk = row.get(i);
                long bytes = Math.min(chunk.lengthBytes() - skip, maxBytes - done);
                if (bytes > 0) {
                    if (copies++ == COPIES_MAX) {
                        return done;
                    }
                    CopyLoop.copy(
                            template.source(),
                            source + skip,
                            template.target(),
                            target + skip,
                            bytes);
                    done += bytes;
                    if (done == maxBytes) {
                        return done;
                    }
                }
                skip = Math.max(0, skip - chunk.lengthBytes());
                source += chunk.lengthBytes() + chunk.sourceGapBytes();
                target += chunk.lengthBytes() + chunk.targetGapBytes();
            }
        }
        return done;
    }
}
