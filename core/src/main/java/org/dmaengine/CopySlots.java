package org.dmaengine;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Plain copies in the ring: small, without a descriptor or a handle. They stand in arrays instead
 * of in a {@link TransferNode}, and get a node only when their callback is due, or when somebody
 * asks for more than their end. Their numbers take two words, so that four copies share a cache
 * line: small ones are as quick as that line comes to the engine's core.
 *
 * <p>A slot is written by submitters, under the submit lock, before the ring's tail moves over it,
 * and stays as it is until it is given back. Its numbers stand twice: where submitters write them,
 * and where the engine reads them once they are issued. Else each submit would wait for a line that
 * the engine's core has read, for taking the submit lock waits for all stores before; now a burst
 * waits once, for all its lines together.
 */
final class CopySlots {
    // The numbers of a slot: the target's offset above the length less one, then the source's
    // offset.
    private static final int WORDS_SHIFT = 1;
    private static final int SOURCE = 1;
    private static final int LENGTH_BITS = 16;

    /** Longer copies are worth a node of their own, and can be stopped in the middle. */
    static final long LENGTH_MAX_BYTES = 1 << LENGTH_BITS;

    private static final long OFFSET_MAX_BYTES = Long.MAX_VALUE >> LENGTH_BITS;

    private static final CookieCallback[] NO_CALLBACKS = new CookieCallback[0];

    private final long[] submitted;
    private final long[] issued;
    private final MemorySegment[] targets;
    private final MemorySegment[] sources;
    private final MemoryOwner[][] owners;

    // As long as the others from the first callback on; that one is submitted after it was set.
    private @Nullable CookieCallback[] callbacks = NO_CALLBACKS;

    CopySlots(int length) {
        submitted = new long[length << WORDS_SHIFT];
        issued = new long[length << WORDS_SHIFT];
        targets = new MemorySegment[length];
        sources = new MemorySegment[length];
        owners = new MemoryOwner[length][];
    }

    /** Whether the numbers of a copy fit in here. */
    static boolean fit(long targetOffset, long lengthBytes) {
        return lengthBytes <= LENGTH_MAX_BYTES && targetOffset <= OFFSET_MAX_BYTES;
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
            MemoryOwner[] itsOwners,
            @Nullable CookieCallback callback) {
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
        if (callback != null && !haveCallbacks()) {
            callbacks = Arrays.copyOf(NO_CALLBACKS, targets.length);
        }
        if (haveCallbacks() && callbacks[slot] != callback) {
            callbacks[slot] = callback;
        }
        int word = slot << WORDS_SHIFT;
        submitted[word] = targetOffset << LENGTH_BITS | (lengthBytes - 1);
        submitted[word + SOURCE] = sourceOffset;
    }

    /** Lets the engine have the numbers from {@code first} until {@code end}. */
    void issue(long first, long end) {
        int slot = slotOf(first);
        int count = (int) (end - first);
        int untilEnd = Math.min(count, targets.length - slot);
        copyNumbers(slot, untilEnd);
        copyNumbers(0, count - untilEnd);
    }

    private void copyNumbers(int slot, int count) {
        int word = slot << WORDS_SHIFT;
        System.arraycopy(submitted, word, issued, word, count << WORDS_SHIFT);
    }

    /** Copies the slots of the cookies from {@code first} until {@code end} to longer arrays. */
    CopySlots grow(int length, long first, long end) {
        CopySlots longer = new CopySlots(length);
        if (haveCallbacks()) {
            longer.callbacks = Arrays.copyOf(NO_CALLBACKS, length);
        }
        for (long cookie = first; cookie < end; cookie++) {
            int from = slotOf(cookie);
            int to = longer.slotOf(cookie);
            longer.targets[to] = targets[from];
            longer.sources[to] = sources[from];
            longer.owners[to] = owners[from];
            if (haveCallbacks()) {
                longer.callbacks[to] = callbacks[from];
            }
            int word = from << WORDS_SHIFT;
            System.arraycopy(
                    submitted, word, longer.submitted, to << WORDS_SHIFT, 1 << WORDS_SHIFT);
        }
        longer.issue(first, end);
        return longer;
    }

    MemorySegment target(long cookie) {
        return targets[slotOf(cookie)];
    }

    MemorySegment source(long cookie) {
        return sources[slotOf(cookie)];
    }

    /** Whether any copy ever had a callback. */
    boolean haveCallbacks() {
        return callbacks.length > 0;
    }

    @Nullable CookieCallback callback(long cookie) {
        return haveCallbacks() ? callbacks[slotOf(cookie)] : null;
    }

    // As the engine reads them.

    long targetOffset(long cookie) {
        return targetOffset(issued, cookie);
    }

    long sourceOffset(long cookie) {
        return sourceOffset(issued, cookie);
    }

    long lengthBytes(long cookie) {
        return lengthBytes(issued, cookie);
    }

    private long targetOffset(long[] numbers, long cookie) {
        return numbers[slotOf(cookie) << WORDS_SHIFT] >> LENGTH_BITS;
    }

    private long sourceOffset(long[] numbers, long cookie) {
        return numbers[(slotOf(cookie) << WORDS_SHIFT) + SOURCE];
    }

    private long lengthBytes(long[] numbers, long cookie) {
        return (numbers[slotOf(cookie) << WORDS_SHIFT] & (LENGTH_MAX_BYTES - 1)) + 1;
    }

    /** Fills a free node with a copy, and gives it the cookie. */
    void moveTo(TransferNode node, long cookie, Generation generation) {
        int slot = slotOf(cookie);
        node.armCopy(
                targets[slot],
                targetOffset(submitted, cookie),
                sources[slot],
                sourceOffset(submitted, cookie),
                lengthBytes(submitted, cookie),
                owners[slot],
                generation,
                callback(cookie));
        node.cookie = cookie;
    }

    private int slotOf(long cookie) {
        return (int) cookie & (targets.length - 1);
    }
}
