package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.function.IntPredicate;

/** Which places are free in a table that a ring keeps, of files or of buffers. */
final class TablePlaces {
    // As a stack; none where there is no table.
    private final int[] free;
    private int freeCount;
    // Those that the kernel has not cleared, for want of memory: it still holds what is in them.
    private final ArrayDeque<Integer> uncleared = new ArrayDeque<>();

    /** So many, all of them free. */
    TablePlaces(int count) {
        free = new int[count];
        for (int i = count - 1; i >= 0; i--) {
            free[freeCount++] = i;
        }
    }

    /**
     * Registers a table of empty places.
     *
     * @param operation of io_uring_register(2)
     * @return false if the kernel does not do that, as those before 5.19
     */
    static boolean registerSparse(UringCalls calls, int ring, int operation, int places) {
        try (Arena brief = Arena.ofConfined()) {
            MemorySegment register = brief.allocate(RSRC_REGISTER_SIZE, Long.BYTES);
            register.set(ValueLayout.JAVA_INT, RSRC_REGISTER_NR, places);
            register.set(ValueLayout.JAVA_INT, RSRC_REGISTER_FLAGS, IORING_RSRC_REGISTER_SPARSE);
            return calls.register(ring, operation, register, RSRC_REGISTER_SIZE) >= 0;
        }
    }

    /** How many there are, free or not. */
    int count() {
        return free.length;
    }

    boolean hasFree() {
        return freeCount > 0;
    }

    /** The one that {@link #take} would take. */
    int next() {
        return free[freeCount - 1];
    }

    void take() {
        freeCount--;
    }

    /**
     * A place that nobody uses any more. Until the kernel has cleared it, it is not used again.
     *
     * @param clear whether the kernel does that; asked again by {@link #clearAgain} if not
     */
    void giveBack(int place, IntPredicate clear) {
        if (clear.test(place)) {
            free[freeCount++] = place;
        } else {
            uncleared.addLast(place);
        }
    }

    boolean hasUncleared() {
        return !uncleared.isEmpty();
    }

    /** Tries once more what did not work before. */
    void clearAgain(IntPredicate clear) {
        for (int again = uncleared.size(); again > 0; again--) {
            giveBack(uncleared.removeFirst(), clear);
        }
    }
}
