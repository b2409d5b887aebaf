package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The registered buffers of one ring: mapped memory whose pages the kernel has pinned once, and not
 * for each transfer (io_uring_register(2)). What finds no place, or is refused, is moved without;
 * that is said in the log, once. Of whoever has the ring, alone.
 */
final class BufferTable {

    private final UringCalls calls;
    private final int ring;
    private final int ringIndex;
    private final Mappings mappings;
    private final MemorySegment update;
    private final MemorySegment buffer;

    private final TablePlaces places;
    private boolean told;

    // What was found last, and among which.
    private MappedRange[] seen = {};
    private @Nullable MappedRange latest;

    /**
     * With a table of so many places, if the kernel gives one.
     *
     * @param ringIndex the ring's number among those of the engine
     */
    BufferTable(
            UringCalls calls,
            int ring,
            int placesMax,
            Arena arena,
            Mappings mappings,
            int ringIndex) {
        this.calls = calls;
        this.ring = ring;
        this.ringIndex = ringIndex;
        this.mappings = mappings;
        this.buffer = arena.allocate(IOVEC_SIZE, Long.BYTES);
        this.update = arena.allocate(RSRC_UPDATE2_SIZE, Long.BYTES);
        update.set(ValueLayout.JAVA_LONG, RSRC_UPDATE2_DATA, buffer.address());
        update.set(ValueLayout.JAVA_INT, RSRC_UPDATE2_NR, 1);
        boolean table =
                placesMax > 0
                        && TablePlaces.registerSparse(
                                calls, ring, IORING_REGISTER_BUFFERS2, placesMax);
        this.places = new TablePlaces(table ? placesMax : 0);
    }

    /** Where memory is registered that lies there, or {@link MappedRange#NOWHERE}. */
    @SuppressWarnings("ReferenceEquality") // Replaced as a whole: another one may lack the latest.
    int placeOf(long address, long lengthBytes) {
        MappedRange[] now = mappings.now();
        if (now.length == 0) {
            return MappedRange.NOWHERE;
        }
        MappedRange range = latest;
        if (now != seen || range == null || !range.holds(address, lengthBytes)) {
            range = Mappings.find(now, address);
            seen = now;
            latest = range;
        }
        return range != null && range.holds(address, lengthBytes)
                ? range.place(ringIndex)
                : MappedRange.NOWHERE;
    }

    /** What moves memory that is registered there, or nowhere. */
    static int operation(boolean reading, int place) {
        if (place == MappedRange.NOWHERE) {
            return reading ? IORING_OP_READ : IORING_OP_WRITE;
        }
        return reading ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
    }

    /** Unless it was unmapped meanwhile. */
    void register(MappedRange range) {
        if (range.isGone()) {
            return;
        }
        if (!places.hasFree()) {
            tell(
                    range,
                    places.count() + " places are taken; give the option buffers a higher number");
            return;
        }
        int place = places.next();
        int answer = set(place, range.address(), range.lengthBytes());
        if (answer < 0) {
            tell(range, Errno.describe(-answer, "io_uring_register"));
            return;
        }
        places.take();
        range.place(ringIndex, place);
    }

    /** No transfer uses it any more. */
    void unregister(MappedRange range) {
        int place = range.place(ringIndex);
        if (place != MappedRange.NOWHERE) {
            range.place(ringIndex, MappedRange.NOWHERE);
            places.giveBack(place, this::isCleared);
        }
    }

    /**
     * Whether the kernel still pins what nobody uses, so that somebody calls {@link #clearAgain}.
     */
    boolean hasUncleared() {
        return places.hasUncleared();
    }

    void clearAgain() {
        places.clearAgain(this::isCleared);
    }

    private boolean isCleared(int place) {
        return set(place, 0, 0) >= 0;
    }

    private int set(int place, long address, long lengthBytes) {
        update.set(ValueLayout.JAVA_INT, RSRC_UPDATE2_OFFSET, place);
        buffer.set(ValueLayout.JAVA_LONG, 0, address);
        buffer.set(ValueLayout.JAVA_LONG, IOVEC_LEN, lengthBytes);
        return calls.register(ring, IORING_REGISTER_BUFFERS_UPDATE, update, RSRC_UPDATE2_SIZE);
    }

    private void tell(MappedRange range, String why) {
        // What was unmapped during the call is no loss to anybody.
        if (!told && places.count() > 0 && !range.isGone()) {
            told = true;
            Warnings.log(
                    "io_uring moves {0} bytes of mapped memory, and maybe more, without"
                            + " registering them, which is slower: {1}",
                    range.lengthBytes(), why);
        }
    }
}
