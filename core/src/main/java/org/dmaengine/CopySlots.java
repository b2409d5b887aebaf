package org.dmaengine;

import java.lang.foreign.MemorySegment;

/**
 * Plain copies in the ring: small, without a descriptor, a handle or a callback. They stand in
 * arrays instead of in a {@link TransferNode}, half a cache line each, and get a node only when
 * somebody asks for more than their end.
 *
 * <p>A slot is written by submitters, under the submit lock, before the ring's tail moves over it.
 * Whether it still holds its copy is guarded by the channel's lock from then on; the rest of it
 * stays as it is until the slot is given back, so that the engine reads it without a lock.
 */
final class CopySlots {
    // The words of a slot: both offsets, the length, and the cookie while no node has the copy.
    private static final int WORDS_SHIFT = 2;
    private static final int SOURCE = 1;
    private static final int LENGTH = 2;
    private static final int COOKIE = 3;

    private final long[] words;
    private final MemorySegment[] targets;
    private final MemorySegment[] sources;
    private final MemoryOwner[][] owners;

    private CopySlots(
            long[] words,
            MemorySegment[] targets,
            MemorySegment[] sources,
            MemoryOwner[][] owners) {
        this.words = words;
        this.targets = targets;
        this.sources = sources;
        this.owners = owners;
    }

    static CopySlots ofLength(int length) {
        return new CopySlots(
                new long[length << WORDS_SHIFT],
                new MemorySegment[length],
                new MemorySegment[length],
                new MemoryOwner[length][]);
    }

    int length() {
        return targets.length;
    }

    /**
     * Fills a slot. References are stored only where they change: each costs a garbage collector's
     * barrier, and takes a line from the engine's core.
     */
    @SuppressWarnings({
        "ReferenceEquality",
        "MemorySegmentReferenceEquality"
    }) // Another object that is equal is stored, too.
    void put(
            long cookie,
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            MemoryOwner[] itsOwners) {
        int slot = slotOf(cookie);
        if (targets[slot] != target) {
            targets[slot] = target;
        }
        if (sources[slot] != source) {
            sources[slot] = source;
        }
        if (owners[slot] != itsOwners) {
            owners[slot] = itsOwners;
        }
        int word = slot << WORDS_SHIFT;
        words[word] = targetOffset;
        words[word + SOURCE] = sourceOffset;
        words[word + LENGTH] = lengthBytes;
        words[word + COOKIE] = cookie;
    }

    /** Whether the copy with this cookie is here, and no node has it. */
    boolean holds(long cookie) {
        return words[(slotOf(cookie) << WORDS_SHIFT) + COOKIE] == cookie;
    }

    /** From here on a node has it. */
    void giveAway(long cookie) {
        words[(slotOf(cookie) << WORDS_SHIFT) + COOKIE] = 0;
    }

    /** Copies the slots of the cookies from {@code first} until {@code end} to longer arrays. */
    CopySlots grow(int length, long first, long end) {
        CopySlots longer = ofLength(length);
        for (long cookie = first; cookie < end; cookie++) {
            int from = slotOf(cookie);
            int to = longer.slotOf(cookie);
            longer.targets[to] = targets[from];
            longer.sources[to] = sources[from];
            longer.owners[to] = owners[from];
            System.arraycopy(
                    words, from << WORDS_SHIFT, longer.words, to << WORDS_SHIFT, 1 << WORDS_SHIFT);
        }
        return longer;
    }

    MemorySegment target(long cookie) {
        return targets[slotOf(cookie)];
    }

    MemorySegment source(long cookie) {
        return sources[slotOf(cookie)];
    }

    MemoryOwner[] owners(long cookie) {
        return owners[slotOf(cookie)];
    }

    long targetOffset(long cookie) {
        return words[slotOf(cookie) << WORDS_SHIFT];
    }

    long sourceOffset(long cookie) {
        return words[(slotOf(cookie) << WORDS_SHIFT) + SOURCE];
    }

    long lengthBytes(long cookie) {
        return words[(slotOf(cookie) << WORDS_SHIFT) + LENGTH];
    }

    private int slotOf(long cookie) {
        return (int) cookie & (targets.length - 1);
    }
}
