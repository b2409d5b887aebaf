package org.dmaengine.testkit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes that say what went wrong, as those of the kernel's dmatest. Bit 7 is set in source buffers
 * and clear in target buffers, bit 6 marks what shall be copied, bit 5 what shall be overwritten,
 * and the low five bits count. Before a copy each buffer has three zones: what lies before it, what
 * it concerns, what lies behind it. A wrong byte then tells whether it was not copied, copied
 * though it should not have been, or copied from the wrong place.
 */
public final class DmaPattern {
    private static final int SOURCE = 1 << 7;
    private static final int COPY = 1 << 6;
    private static final int OVERWRITE = 1 << 5;
    private static final int COUNT_MASK = OVERWRITE - 1;

    // Whole runs of the counter, so that any phase is a slice of it.
    private static final int TILE_BYTES = 1 << 16;

    private DmaPattern() {}

    /** Fills a buffer of which {@code [offset, offset + length)} shall be copied. */
    public static void fillSource(MemorySegment buffer, long offset, long length) {
        fill(buffer, 0, offset, SOURCE);
        fill(buffer, offset, length, SOURCE | COPY);
        fill(buffer, offset + length, buffer.byteSize() - offset - length, SOURCE);
    }

    /** Fills a buffer of which {@code [offset, offset + length)} shall be overwritten. */
    public static void fillTarget(MemorySegment buffer, long offset, long length) {
        fill(buffer, 0, offset, 0);
        fill(buffer, offset, length, OVERWRITE);
        fill(buffer, offset + length, buffer.byteSize() - offset - length, 0);
    }

    /** The source must be as {@link #fillSource} left it. */
    public static void checkSource(String who, MemorySegment buffer, long offset, long length) {
        check(who, buffer, 0, offset, SOURCE, 0);
        check(who, buffer, offset, length, SOURCE | COPY, offset);
        long behind = offset + length;
        check(who, buffer, behind, buffer.byteSize() - behind, SOURCE, behind);
    }

    /**
     * The target must hold the first {@code moved} bytes, and be untouched elsewhere.
     *
     * @param who named in the report
     * @param buffer the whole target buffer
     * @param offset where the copy begins in it
     * @param length what the copy was to move
     * @param moved what it says it has moved
     * @param sourceOffset where the copy began in the source
     */
    public static void checkTarget(
            String who,
            MemorySegment buffer,
            long offset,
            long length,
            long moved,
            long sourceOffset) {
        check(who, buffer, 0, offset, 0, 0);
        check(who, buffer, offset, moved, SOURCE | COPY, sourceOffset);
        long rest = offset + moved;
        check(who, buffer, rest, length - moved, OVERWRITE, rest);
        long behind = offset + length;
        check(who, buffer, behind, buffer.byteSize() - behind, 0, behind);
    }

    /** The whole of both buffers, which begin to be copied at their first byte. */
    public static void checkCopied(String who, MemorySegment target, long moved) {
        checkTarget(who, target, 0, target.byteSize(), moved, 0);
    }

    /** The byte that stands at {@code offset} of a source, in the zone that shall be copied. */
    public static byte copied(long offset) {
        return byteOf(SOURCE | COPY, offset);
    }

    private static byte byteOf(int zone, long counter) {
        return (byte) (zone | (~counter & COUNT_MASK));
    }

    private static MemorySegment tile(int zone, long counter) {
        byte[] tile = new byte[TILE_BYTES];
        for (int i = 0; i < tile.length; i++) {
            tile[i] = byteOf(zone, counter + i);
        }
        return MemorySegment.ofArray(tile);
    }

    private static void fill(MemorySegment buffer, long from, long length, int zone) {
        if (length == 0) {
            return;
        }
        MemorySegment tile = tile(zone, from);
        for (long done = 0; done < length; done += TILE_BYTES) {
            long piece = Math.min(TILE_BYTES, length - done);
            MemorySegment.copy(tile, 0, buffer, from + done, piece);
        }
    }

    private static void check(
            String who, MemorySegment buffer, long from, long length, int zone, long counter) {
        if (length == 0) {
            return;
        }
        MemorySegment tile = tile(zone, counter);
        for (long done = 0; done < length; done += TILE_BYTES) {
            long piece = Math.min(TILE_BYTES, length - done);
            long at = from + done;
            long wrong = MemorySegment.mismatch(buffer, at, at + piece, tile, 0, piece);
            if (wrong >= 0) {
                int expected = tile.get(ValueLayout.JAVA_BYTE, wrong) & 0xff;
                int found = buffer.get(ValueLayout.JAVA_BYTE, at + wrong) & 0xff;
                throw new AssertionError(
                        "%s: offset %d of %d, in the zone '%s': expected 0x%02x, found 0x%02x: %s"
                                .formatted(
                                        who,
                                        at + wrong,
                                        buffer.byteSize(),
                                        zoneName(zone),
                                        expected,
                                        found,
                                        verdict(zone, found)));
            }
        }
    }

    private static String zoneName(int zone) {
        return switch (zone) {
            case SOURCE -> "source, not to be copied";
            case SOURCE | COPY -> "to be copied";
            case OVERWRITE -> "target, not reached";
            default -> "target, outside the transfer";
        };
    }

    private static String verdict(int zone, int found) {
        boolean shouldBeCopied = (zone & COPY) != 0;
        boolean isFromSource = (found & SOURCE) != 0;
        if (shouldBeCopied && !isFromSource) {
            return "it was not copied";
        }
        if (shouldBeCopied) {
            return (found & COPY) == 0
                    ? "it came from outside the source's zone"
                    : "it came from the wrong place";
        }
        if ((zone & SOURCE) != 0) {
            return "the source was overwritten";
        }
        return isFromSource
                ? "it was copied though it should not have been"
                : "it was changed, and not by a copy";
    }
}
