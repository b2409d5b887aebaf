package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Nobody shares a cell, and cells are used again. */
class ErrnoCellsTest {
    private static final int MORE_THAN_SLOTS = 200;

    private final ErrnoCells cells = new ErrnoCells(ValueLayout.JAVA_INT);

    @Test
    void shouldLendEachCellOnce() {
        Set<Long> addresses = new HashSet<>();
        for (MemorySegment cell : takeMany()) {
            assertThat(cell.byteSize()).isEqualTo(ValueLayout.JAVA_INT.byteSize());
            addresses.add(cell.address());
        }

        assertThat(addresses).hasSize(MORE_THAN_SLOTS);
    }

    @Test
    void shouldUseCellAgain() {
        MemorySegment cell = cells.take();
        cells.giveBack(cell);

        assertThat(cells.take()).isSameAs(cell);
        assertThat(cells.take()).isNotSameAs(cell);
    }

    @Test
    void shouldKeepAsManyAsItHasSlots() {
        List<MemorySegment> taken = takeMany();
        taken.forEach(cells::giveBack);

        Set<MemorySegment> again = new HashSet<>(takeMany());

        again.retainAll(taken);
        assertThat(again).hasSize(64);
    }

    private List<MemorySegment> takeMany() {
        List<MemorySegment> taken = new ArrayList<>();
        for (int n = 0; n < MORE_THAN_SLOTS; n++) {
            taken.add(cells.take());
        }
        return taken;
    }
}
