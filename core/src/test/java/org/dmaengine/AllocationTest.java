package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import org.dmaengine.spi.IssuedTransfer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.Pipe;

/** The hot path makes no object per transfer. */
class AllocationTest {
    private static final int TRANSFERS = 100_000;

    @Test
    @DisplayName("tryMemcpy, issue, end and callback allocate nothing per transfer")
    void shouldAllocateNothingPerTransfer() {
        try (Bench bench = bench()) {
            requireNoAllocation(
                    bench,
                    (_, callback) ->
                            bench.channel.tryMemcpy(
                                    bench.target, 0, bench.source, 0, 64, callback));
        }
    }

    @Test
    @DisplayName("tryPeripheral allocates nothing, also for reads and writes in turn")
    void shouldAllocateNothingPerAccess() throws IOException {
        Pipe pipe = Pipe.open();
        PeripheralConfig read = PeripheralConfig.read(Peripheral.of(pipe.source()));
        PeripheralConfig write = PeripheralConfig.write(Peripheral.of(pipe.sink()));
        try (Bench bench = bench();
                var _ = pipe.source();
                var _ = pipe.sink()) {
            requireNoAllocation(
                    bench,
                    (number, callback) ->
                            number % 2 == 0
                                    ? bench.channel.tryPeripheral(read, 0, bench.target, callback)
                                    : bench.channel.tryPeripheral(
                                            write, 0, bench.source, callback));
        }
    }

    /** One whose engine ends each transfer inside the doorbell. */
    private static Bench bench() {
        Bench bench = new Bench(request -> request.withCallbackExecutor(Runnable::run));
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
        return bench;
    }

    private interface Submission {
        long submit(int number, CookieCallback callback);
    }

    private static void requireNoAllocation(Bench bench, Submission submission) {
        long[] called = new long[1];
        CookieCallback callback = (cookie, outcome, bytes) -> called[0]++;
        run(bench, submission, callback);
        long perTransfer = Long.MAX_VALUE;
        // The least of a few rounds: compilers and profilers allocate on this thread too.
        for (int round = 0; round < 5 && perTransfer > 0; round++) {
            long before = allocatedBytes();
            run(bench, submission, callback);
            perTransfer = Math.min(perTransfer, (allocatedBytes() - before) / TRANSFERS);
        }
        assertThat(perTransfer).isZero();
        assertThat(called[0]).isGreaterThanOrEqualTo(2L * TRANSFERS);
    }

    private static void run(Bench bench, Submission submission, CookieCallback callback) {
        for (int i = 0; i < TRANSFERS; i++) {
            long cookie = submission.submit(i, callback);
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
