package org.dmaengine.engine.uring;

import java.util.Arrays;

/**
 * A part of the memory that a client has mapped with the engine, and where each ring has registered
 * it.
 */
final class MappedRange {
    static final int NOWHERE = -1;

    private final long address;
    private final long lengthBytes;

    // For each ring: its place there, of whoever has that ring.
    private final int[] places;

    // Set once, before the memory goes back to its owner; read by rings that are still to register
    // it.
    private volatile boolean gone;

    MappedRange(long address, long lengthBytes, int rings) {
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.places = new int[rings];
        Arrays.fill(places, NOWHERE);
    }

    long address() {
        return address;
    }

    long lengthBytes() {
        return lengthBytes;
    }

    boolean holds(long from, long bytes) {
        return from >= address && from - address <= lengthBytes - bytes;
    }

    /** The client has unmapped it: what is at its address may be anybody's soon. */
    void goes() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    int place(int ring) {
        return places[ring];
    }

    void place(int ring, int place) {
        places[ring] = place;
    }
}
