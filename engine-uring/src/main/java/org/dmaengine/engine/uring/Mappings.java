package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * All memory that clients have mapped with the engine now, in parts. Changed seldom, looked at for
 * every transfer.
 *
 * <p>Who submits a transfer of memory at an address where other memory was mapped before finds that
 * gone: it was removed here before it was freed, and freed before its address was given out again.
 */
final class Mappings {
    /** Pinned by one call, while other transfers of the ring have to wait. */
    private static final long PART_MAX_BYTES = 16 << 20;

    private final int rings;

    // By address; replaced as a whole.
    private volatile MappedRange[] ranges = {};

    /**
     * @param rings how many may register them
     */
    Mappings(int rings) {
        this.rings = rings;
    }

    List<MappedRange> partsOf(MemorySegment memory) {
        List<MappedRange> parts = new ArrayList<>();
        for (long from = 0; from < memory.byteSize(); from += PART_MAX_BYTES) {
            long length = Math.min(PART_MAX_BYTES, memory.byteSize() - from);
            parts.add(new MappedRange(memory.address() + from, length, rings));
        }
        return parts;
    }

    synchronized void add(Collection<MappedRange> parts) {
        List<MappedRange> all = new ArrayList<>(Arrays.asList(ranges));
        all.addAll(parts);
        all.sort(Comparator.comparingLong(MappedRange::address));
        ranges = all.toArray(MappedRange[]::new);
    }

    synchronized void remove(Collection<MappedRange> parts) {
        List<MappedRange> all = new ArrayList<>(Arrays.asList(ranges));
        all.removeAll(parts);
        ranges = all.toArray(MappedRange[]::new);
    }

    /** All of them at this moment, for {@link #find}; not to be changed. */
    MappedRange[] now() {
        return ranges;
    }

    /** One that begins at an address or the nearest before it; null if there is none. */
    static @Nullable MappedRange find(MappedRange[] among, long address) {
        int from = 0;
        int to = among.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (among[middle].address() <= address) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from == 0 ? null : among[from - 1];
    }
}
