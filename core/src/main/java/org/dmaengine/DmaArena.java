package org.dmaengine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for transfers, whose {@link #close} never frees memory in flight (C16). It is a shared
 * arena in all other respects: any thread may allocate, access and close.
 */
public final class DmaArena implements Arena {
    private final Arena backing = Arena.ofShared();
    private final ClosePolicy policy;
    private final MemoryOwner owner;

    private DmaArena(String name, ClosePolicy policy) {
        this.policy = policy;
        this.owner = new MemoryOwner(name, backing.scope(), backing::close);
    }

    /** An arena whose close fails while transfers use its memory, naming them. */
    public static DmaArena open() {
        return open(new ClosePolicy.Fail());
    }

    /**
     * Whether an arena of this kind has allocated the memory, and has not freed it. False for
     * foreign memory and for files that are mapped into memory: a look at those may fail in the
     * middle, when the file is cut short, and only Java's own accesses survive that.
     */
    public static boolean hasAllocated(MemorySegment segment) {
        MemoryOwner owner = MemoryOwner.of(segment);
        return owner != null && owner.allocates() && !segment.isMapped();
    }

    /** An arena with another close policy. */
    public static DmaArena open(ClosePolicy policy) {
        return open("the arena", policy);
    }

    /** The same with a name for messages. */
    public static DmaArena open(String name, ClosePolicy policy) {
        return new DmaArena(name, policy);
    }

    /**
     * Allocates zeroed memory.
     *
     * @throws IllegalStateException after close
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        return backing.allocate(byteSize, byteAlignment);
    }

    @Override
    public MemorySegment.Scope scope() {
        return backing.scope();
    }

    /**
     * Frees all its memory, if no transfer uses it; otherwise does what its {@link ClosePolicy}
     * says. Idempotent.
     *
     * @throws BuffersInFlightException naming the transfers; nothing was freed
     * @throws CallbackContextException inside a callback, if the policy would have to wait (C10)
     */
    @Override
    public void close() {
        owner.close(policy);
    }
}
