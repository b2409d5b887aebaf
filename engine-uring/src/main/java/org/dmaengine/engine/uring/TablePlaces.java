package org.dmaengine.engine.uring;

import static org.dmaengine.engine.uring.IoUring.*;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Which places are free in a table that a ring keeps, of files or of buffers. */
final class TablePlaces {
    // As a stack; none where there is no table.
    private final int[] free;
    private int freeCount;

    /**
     * Registers a table of empty places, if the kernel knows such.
     *
     * @param operation of io_uring_register(2)
     */
    TablePlaces(UringCalls calls, int ring, int operation, int places, Arena arena) {
        boolean table = places > 0 && register(calls, ring, operation, places, arena) >= 0;
        free = new int[table ? places : 0];
        for (int i = free.length - 1; i >= 0; i--) {
            free[freeCount++] = i;
        }
    }

    private static int register(
            UringCalls calls, int ring, int operation, int places, Arena arena) {
        MemorySegment register = arena.allocate(RSRC_REGISTER_SIZE, Long.BYTES);
        register.set(ValueLayout.JAVA_INT, RSRC_REGISTER_NR, places);
        register.set(ValueLayout.JAVA_INT, RSRC_REGISTER_FLAGS, IORING_RSRC_REGISTER_SPARSE);
        return calls.register(ring, operation, register, RSRC_REGISTER_SIZE);
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

    void giveBack(int place) {
        free[freeCount++] = place;
    }
}
