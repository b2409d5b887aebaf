package org.dmaengine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class LateWritesTest {
    private final TestTally tally = new TestTally();
    private final LateWrites late = new LateWrites(tally);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 500, 999})
    void shouldFindWriteThatComesAfterTheReceipt(long at) {
        MemorySegment buffer = Arena.ofAuto().allocate(1000);
        late.freed(buffer, "transfer 17");
        late.checkAll();

        buffer.set(ValueLayout.JAVA_BYTE, at, (byte) 0x77);

        assertThatThrownBy(late::checkAll)
                .isInstanceOf(TestFailure.class)
                .hasMessageContaining("transfer 17");
        assertThat(tally.lateWrites()).isEqualTo(1);
    }

    @Test
    void shouldKeepBuffersForManyRoundsBeforeReuse() {
        MemorySegment first = Arena.ofAuto().allocate(1);
        late.freed(first, "first");
        int rounds = 0;
        MemorySegment again = late.reuse();
        while (again == null) {
            late.freed(Arena.ofAuto().allocate(1), "next");
            rounds++;
            again = late.reuse();
        }

        assertThat(again).isEqualTo(first);
        assertThat(rounds).isGreaterThan(100);
    }
}
