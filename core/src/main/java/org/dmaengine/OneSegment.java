package org.dmaengine;

import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/** A list of one segment that can be exchanged; for {@link DmaChannel#tryPeripheral}. */
final class OneSegment extends AbstractList<MemorySegment> implements RandomAccess {
    private MemorySegment segment = MemorySegment.NULL;

    void put(MemorySegment newSegment) {
        segment = newSegment;
    }

    @Override
    public MemorySegment get(int index) {
        Objects.checkIndex(index, 1);
        return segment;
    }

    @Override
    public int size() {
        return 1;
    }
}
