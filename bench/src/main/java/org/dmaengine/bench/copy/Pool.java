package org.dmaengine.bench.copy;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * One worker's memory, a source and a target, and the order in which its blocks are taken: the same
 * as in memory.c of bench/peers. What a turn has to copy is spoiled before it and compared after
 * it, so that a copy that did not happen is found.
 */
final class Pool {
    private static final long PAGE_BYTES = 4096;

    private final Blocks blocks;
    private final MemorySegment source;
    private final MemorySegment target;
    private final SplittableRandom random;
    // Of cold blocks: their numbers, shuffled.
    private final int[] order;
    // How many the turns before have taken: this one goes on there, so that its blocks are cold.
    private long taken;

    Pool(Arena arena, Blocks blocks, long bytes, long seed) {
        this.blocks = blocks;
        random = new SplittableRandom(seed);
        source = arena.allocate(bytes, PAGE_BYTES);
        target = arena.allocate(bytes, PAGE_BYTES);
        for (long at = 0; at + Long.BYTES <= bytes; at += Long.BYTES) {
            source.set(JAVA_LONG, at, random.nextLong());
        }
        order = new int[Math.toIntExact(bytes / blocks.bytes())];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    MemorySegment source() {
        return source;
    }

    MemorySegment target() {
        return target;
    }

    /** Where the turn's block of this number is. */
    long place(long block) {
        return order[(int) ((taken + block) % order.length)] * blocks.bytes();
    }

    /** A byte at each end and one in between: enough to tell a copy, too few to warm the block. */
    void spoil() {
        for (long block = 0; block < places(); block++) {
            long at = place(block);
            spoil(at);
            spoil(at + random.nextLong(blocks.bytes()));
            spoil(at + blocks.bytes() - 1);
        }
    }

    private void spoil(long at) {
        target.set(JAVA_BYTE, at, (byte) ~source.get(JAVA_BYTE, at));
    }

    /** Ends a turn: compares what it has copied. */
    void verify() {
        for (long block = 0; block < places(); block++) {
            long at = place(block);
            long end = at + blocks.bytes();
            long wrong = MemorySegment.mismatch(source, at, end, target, at, end);
            if (wrong >= 0) {
                throw new IllegalStateException(
                        "block %d of %s: byte %d is wrong".formatted(block, blocks, wrong));
            }
        }
        taken += blocks.count();
    }

    private long places() {
        return Math.min(order.length, blocks.count());
    }
}
