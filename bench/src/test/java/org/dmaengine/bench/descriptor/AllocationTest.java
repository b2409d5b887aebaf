package org.dmaengine.bench.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationTest {
    // What the JDK makes for each copy: a node of a queue; a future and its task. With a task of
    // ours it would be 48 and 80.
    @ParameterizedTest
    @CsvSource({"EXECUTOR, 40", "FUTURES, 72"})
    void shouldCountNoTaskThatAUserWouldMakeOnce(QueueKind kind, double bytesMax) {
        try (Allocation allocation = new Allocation(kind.open())) {
            assertThat(allocation.measure().figure()).isBetween(1.0, bytesMax);
        }
    }
}
