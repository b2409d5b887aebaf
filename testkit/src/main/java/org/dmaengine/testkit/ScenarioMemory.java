package org.dmaengine.testkit;

import org.dmaengine.BuffersInFlightException;
import org.dmaengine.DmaArena;
import org.dmaengine.Transfer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a scenario: sources, targets between guards, and what was reported free, which
 * nobody may write any more.
 */
final class ScenarioMemory {
    private final ScenarioClock clock;
    private final DmaArena arena = DmaArena.open();
    private final LateWriteDetector lateWrites = new LateWriteDetector();
    private final List<GuardedBuffer> buffers = new ArrayList<>();

    ScenarioMemory(ScenarioClock clock) {
        this.clock = clock;
    }

    /** The arena that is closed at the end. */
    DmaArena arena() {
        return arena;
    }

    /** A source filled with {@link DmaPattern}. */
    MemorySegment source(long lengthBytes) {
        MemorySegment segment = arena.allocate(lengthBytes, 64);
        DmaPattern.fillSource(segment, 0, lengthBytes);
        return segment;
    }

    /** A target between guards, filled with {@link DmaPattern}. */
    MemorySegment target(long lengthBytes) {
        GuardedBuffer buffer = GuardedBuffer.allocate("target", arena, lengthBytes);
        buffers.add(buffer);
        DmaPattern.fillTarget(buffer.segment(), 0, lengthBytes);
        return buffer.segment();
    }

    /** This memory was reported free: from here on nobody may write it. */
    void freed(Object who, MemorySegment memory) {
        lateWrites.freed(who.toString(), memory);
    }

    /** Looks whether what was reported free was written. */
    void requireUntouched() {
        lateWrites.check();
    }

    /** What was reported free is about to be freed. */
    void forget() {
        lateWrites.forget();
    }

    /** True if the arena could be closed; false if it was refused because of transfers. */
    static boolean tryClose(Arena arena) {
        try {
            arena.close();
            return true;
        } catch (BuffersInFlightException refused) {
            return false;
        }
    }

    /** Tries again and again to free the memory; it must not be before the transfer has ended. */
    void closeWhenFree(DmaArena memory, Transfer transfer) {
        clock.await(
                "the memory of " + transfer + " to be free",
                () -> {
                    boolean freed = tryClose(memory);
                    if (freed && transfer.result().isEmpty()) {
                        throw new AssertionError("freed though " + transfer + " has no outcome");
                    }
                    return freed;
                });
    }

    /** Looks at all of it for the last time; it is kept if anything has gone wrong. */
    void close(Problems problems) {
        problems.attempt(lateWrites::check);
        buffers.forEach(each -> problems.attempt(each::check));
        if (problems.isEmpty()) {
            problems.attempt(arena::close);
        }
    }
}
