package org.dmaengine.engine.uring;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** What is mapped of the rings' memory: who touches it afterwards gets an exception. */
final class FakeMappings {
    private final Map<Long, Arena> byAddress = new HashMap<>();

    long map(MemorySegment memory, long lengthBytes) {
        if (lengthBytes > memory.byteSize()) {
            return -Errno.EINVAL;
        }
        byAddress.put(memory.address(), Arena.ofShared());
        return memory.address();
    }

    /** False if there is nothing mapped. */
    boolean unmap(long address) {
        Arena mapping = byAddress.remove(address);
        if (mapping != null) {
            mapping.close();
        }
        return mapping != null;
    }

    @SuppressWarnings("restricted") // It is a mapping of ours, so long.
    MemorySegment view(long address, long lengthBytes) {
        Arena mapping = byAddress.get(address);
        if (mapping == null) {
            throw new IllegalStateException("not mapped: 0x" + Long.toHexString(address));
        }
        return FakeMemory.at(address, lengthBytes, mapping);
    }

    int count() {
        return byAddress.size();
    }
}
