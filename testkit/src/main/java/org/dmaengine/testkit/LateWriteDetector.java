package org.dmaengine.testkit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches memory that was reported free, by an outcome or a receipt. It poisons the memory; whoever
 * changes it afterwards came after the last touch (C2, P4, P5). Any thread may use it.
 */
public final class LateWriteDetector {
    private static final byte POISON = (byte) 0xd6;
    private static final long LOOK_EVERY_NANOS = 200_000;
    private static final MemorySegment POISONED = MemorySegment.ofArray(poisoned());

    private record Freed(String transfer, MemorySegment memory) {}

    // Guarded by this.
    private final List<Freed> all = new ArrayList<>();

    /** Watches nothing yet. */
    public LateWriteDetector() {}

    /**
     * The memory is said to be free: poisons it, and watches it from now on. Not for the source of
     * a copy whose target is watched: poison copied onto poison would go unseen.
     *
     * @param transfer who used it: channel and cookie
     * @param memory the memory; it must stay allocated for as long as this object is asked
     */
    public synchronized void freed(String transfer, MemorySegment memory) {
        memory.fill(POISON);
        all.add(new Freed(transfer, memory));
    }

    /** Looks now: fails if any of it was written, naming the transfer and the offset. */
    public synchronized void check() {
        for (Freed freed : all) {
            long at = firstChange(freed.memory);
            if (at >= 0) {
                throw new AssertionError(
                        "late write: offset %d of %d of the memory of %s became 0x%02x after it was reported free"
                                .formatted(
                                        at,
                                        freed.memory.byteSize(),
                                        freed.transfer,
                                        freed.memory.get(ValueLayout.JAVA_BYTE, at)));
            }
        }
    }

    /** Looks again and again for a while. */
    public void watch(Duration howLong) {
        long end = System.nanoTime() + howLong.toNanos();
        check();
        while (end - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            check();
        }
    }

    /** Forgets all, so that the memory may be used again. */
    public synchronized void forget() {
        all.clear();
    }

    private static long firstChange(MemorySegment memory) {
        for (long at = 0; at < memory.byteSize(); at += POISONED.byteSize()) {
            long piece = Math.min(POISONED.byteSize(), memory.byteSize() - at);
            long wrong = MemorySegment.mismatch(memory, at, at + piece, POISONED, 0, piece);
            if (wrong >= 0) {
                return at + wrong;
            }
        }
        return -1;
    }

    private static byte[] poisoned() {
        byte[] bytes = new byte[1 << 16];
        java.util.Arrays.fill(bytes, POISON);
        return bytes;
    }
}
