package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Native memory for the C library to leave {@code errno} in, lent for the time of one call. A
 * {@code ThreadLocal} would allocate one cell for each virtual thread that ever rings a doorbell;
 * this allocates one for each call that runs at the same time, and then no more.
 *
 * <p>A slot is empty before its first use and while its cell is lent. A thread begins at a slot of
 * its own, so that it nearly always takes and gives back there.
 */
final class ErrnoCells {
    private static final int SLOTS = 64;
    // References in a cache line: neighbours do not slow each other.
    private static final int STRIDE = 16;

    private final AtomicReferenceArray<@Nullable MemorySegment> slots =
            new AtomicReferenceArray<>(SLOTS * STRIDE);
    private final MemoryLayout cell;

    ErrnoCells(MemoryLayout cell) {
        this.cell = cell;
    }

    /** A cell for the caller alone, until it gives it back. */
    MemorySegment take() {
        int own = ownSlot();
        for (int n = 0; n < SLOTS; n++) {
            MemorySegment taken = slots.getAndSet(index(own + n), null);
            if (taken != null) {
                return taken;
            }
        }
        return Arena.ofAuto().allocate(cell);
    }

    /** A cell that finds no empty slot is left to the garbage collector. */
    void giveBack(MemorySegment taken) {
        int own = ownSlot();
        for (int n = 0; n < SLOTS; n++) {
            if (slots.compareAndSet(index(own + n), null, taken)) {
                return;
            }
        }
    }

    private static int ownSlot() {
        return (int) Thread.currentThread().threadId();
    }

    private static int index(int slot) {
        return (slot & (SLOTS - 1)) * STRIDE;
    }
}
