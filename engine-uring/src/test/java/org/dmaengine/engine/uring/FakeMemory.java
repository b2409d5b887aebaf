package org.dmaengine.engine.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The fake kernel's access to memory by address, as a kernel has it. */
@SuppressWarnings("restricted") // Addresses are all that an entry tells.
final class FakeMemory {
    private FakeMemory() {}

    /** The client's memory: it had better be there. */
    static MemorySegment at(long address, long lengthBytes) {
        return MemorySegment.ofAddress(address).reinterpret(lengthBytes);
    }

    /** The same for as long as the mapping is open. */
    static MemorySegment at(long address, long lengthBytes, Arena mapping) {
        return MemorySegment.ofAddress(address).reinterpret(lengthBytes, mapping, null);
    }
}
