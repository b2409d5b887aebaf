package org.dmaengine.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Another part of a program: it allocates memory of its own, gets what was just freed, and later
 * looks whether its bytes are still there.
 */
final class NewOwner {
    private static final int ALLOCATIONS_MAX = 2000;

    private final Arena arena;
    private final MemorySegment memory;
    private final DemoSide side;

    private NewOwner(Arena arena, MemorySegment memory, DemoSide side) {
        this.arena = arena;
        this.memory = memory;
        this.side = side;
    }

    /** Allocates until it gets this address; empty if the allocator keeps it for somebody else. */
    static Optional<NewOwner> of(long address, DemoSide side) {
        Arena arena = Arena.ofShared();
        for (int allocations = 1; allocations <= ALLOCATIONS_MAX; allocations++) {
            MemorySegment memory = arena.allocate(DemoBytes.BLOCK_BYTES);
            if (memory.address() == address) {
                DemoBytes.OWNER.fill(memory);
                side.put("address", DemoBytes.address(address));
                side.put("allocations", allocations);
                return Optional.of(new NewOwner(arena, memory, side));
            }
        }
        arena.close();
        return Optional.empty();
    }

    /** Tells what it has written. */
    void tellBefore() {
        side.tell(
                "a new owner",
                "allocates, gets "
                        + DemoBytes.address(memory.address())
                        + " too, and writes its own data:");
        side.tell(DemoBytes.address(memory.address()), DemoBytes.dump(memory));
        side.put("before", DemoBytes.hex(memory));
    }

    /** Tells what is there now; returns how many bytes are not its own any more. */
    int tellAfter() {
        int changed = DemoBytes.OWNER.differing(memory);
        side.tell("the new owner", "finds in its memory:");
        side.tell(DemoBytes.address(memory.address()), DemoBytes.dump(memory));
        side.put("after", DemoBytes.hex(memory));
        side.put("bytes", memory.byteSize());
        side.put("changedBytes", changed);
        return changed;
    }

    /** The same number in words. */
    static String loss(int changed) {
        return "the new owner lost " + changed + " of " + DemoBytes.BLOCK_BYTES + " bytes";
    }

    /** Frees the memory; only when nobody can write there any more. */
    void leave() {
        arena.close();
    }
}
