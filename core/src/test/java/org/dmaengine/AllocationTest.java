package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import org.dmaengine.spi.IssuedTransfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;

/** The hot path makes no object per transfer. */
class AllocationTest {
    private static final int TRANSFERS = 100_000;

    @Test
    @DisplayName("tryMemcpy, issue, end and callback allocate nothing per transfer")
    void shouldAllocateNothingPerTransfer() {
        try (Bench bench = new Bench(request -> request.withCallbackExecutor(Runnable::run))) {
            bench.backend.onStart =
                    () -> {
                        for (IssuedTransfer next = bench.backend.queue().next();
                                next != null;
                                next = bench.backend.queue().next()) {
                            bench.backend
                                    .queue()
                                    .end(next.ticket(), Outcome.COMPLETE, next.lengthBytes());
                        }
                    };
            long[] called = new long[1];
            CookieCallback callback = (cookie, outcome, bytes) -> called[0]++;
            run(bench, callback);
            long perTransfer = Long.MAX_VALUE;
            // The least of a few rounds: compilers and profilers allocate on this thread too.
            for (int round = 0; round < 5 && perTransfer > 0; round++) {
                long before = allocatedBytes();
                run(bench, callback);
                perTransfer = Math.min(perTransfer, (allocatedBytes() - before) / TRANSFERS);
            }

            assertThat(perTransfer).isZero();
            assertThat(called[0]).isGreaterThanOrEqualTo(2L * TRANSFERS);
        }
    }

    private static void run(Bench bench, CookieCallback callback) {
        for (int i = 0; i < TRANSFERS; i++) {
            long cookie = bench.channel.tryMemcpy(bench.target, 0, bench.source, 0, 64, callback);
            if (cookie == 0) {
                throw new AssertionError("full after " + i);
            }
            bench.channel.issuePending();
            if (bench.channel.state(cookie) != TransferState.COMPLETE) {
                throw new AssertionError("not complete: " + cookie);
            }
        }
    }

    private static long allocatedBytes() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
