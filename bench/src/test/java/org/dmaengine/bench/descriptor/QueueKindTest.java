package org.dmaengine.bench.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;

class QueueKindTest {
    private static final long COPIES = 3000;

    @Test
    void shouldCallAQueueByTheNameOfItsClass() {
        assertThat(QueueKind.JCTOOLS.title)
                .endsWith(" " + SpscVarHandleArrayQueue.class.getSimpleName());
        assertThat(QueueKind.ARRAY_BLOCKING_QUEUE.title)
                .isEqualTo(ArrayBlockingQueue.class.getSimpleName());
    }

    @ParameterizedTest
    @EnumSource
    void shouldCopyEverySlotAndNothingBehind(QueueKind kind) {
        try (CopyQueue queue = kind.open()) {
            Workload workload = new Workload(48, 100, 64, 7);
            queue.bytes = workload.bytes();
            long bytes = (long) workload.bytes() * workload.slots();
            MemorySegment source = queue.source.asSlice(0, 2 * bytes).fill((byte) 7);
            CopiesMain.run(queue, workload, COPIES);
            assertThat(queue.ended()).isZero();
            MemorySegment target = queue.target.asSlice(0, 2 * bytes);
            assertThat(source.mismatch(target)).as("first byte not copied").isEqualTo(bytes);
            assertThat(target.asSlice(bytes).mismatch(queue.target.asSlice(4 * bytes, bytes)))
                    .as("first byte behind the last slot that was written")
                    .isEqualTo(-1);
        }
    }
}
