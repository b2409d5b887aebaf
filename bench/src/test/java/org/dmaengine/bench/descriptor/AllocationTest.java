package org.dmaengine.bench.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.Arena;

class AllocationTest {
    // What the JDK makes for each copy: a node of a queue; a future and its task. With a task of
    // ours it would be 48 and 80; each wait of the worker, on a busy machine one for a burst, costs
    // a node of a lock.
    @ParameterizedTest
    @CsvSource({"EXECUTOR, 44", "FUTURES, 76"})
    void shouldCountNoTaskThatAUserWouldMakeOnce(QueueKind kind, double bytesMax) {
        try (Allocation allocation = new Allocation(kind.open())) {
            assertThat(allocation.measure().figure()).isBetween(1.0, bytesMax);
        }
    }

    @Test
    void shouldNotCountCopiesThatDidNotHappen() {
        try (Allocation allocation = new Allocation(new Forgetful())) {
            assertThatIllegalStateException()
                    .isThrownBy(allocation::measure)
                    .withMessage("the bytes are wrong");
        }
    }

    /** Says that all is done, and has done nothing. */
    private static final class Forgetful extends CopyQueue {
        Forgetful() {
            super(Arena.ofAuto());
        }

        @Override
        boolean copy(int slot) {
            done.incrementAndGet();
            return true;
        }

        @Override
        String workers() {
            return "";
        }

        @Override
        public void close() {}
    }
}
