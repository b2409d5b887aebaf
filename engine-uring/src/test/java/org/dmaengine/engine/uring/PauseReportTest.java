package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A pause is reported by the worker, unless it was taken back. */
@Timeout(60)
class PauseReportTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C13: nothing takes a pause back while it is reported, so that no report is late")
    void shouldTakePauseBackBeforeOrAfterItsReport(boolean abort) throws Exception {
        UringEngine engine =
                new UringEngine(new FakeKernel(), FakeOptions.workers(), Scheduler.system());
        PausedQueue queue = new PausedQueue();
        ChannelBackend channel = engine.openChannel(0, queue);
        queue.takesBack = abort ? channel::abort : channel::resume;

        assertThat(channel.pause()).isFalse();
        assertThat(queue.reported.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(queue.tookBackFirst).as("taken back inside of the report").isFalse();
        channel.close();
        engine.close();
    }

    /** Is empty; while a pause is reported to it, somebody else takes it back. */
    private static final class PausedQueue implements ChannelQueue {
        private final CountDownLatch reported = new CountDownLatch(1);
        private volatile Runnable takesBack = () -> {};
        private volatile boolean tookBackFirst;

        @Override
        public String name() {
            return "paused";
        }

        @Override
        public @Nullable IssuedTransfer next() {
            return null;
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            return 0;
        }

        @Override
        public void paused() {
            Thread takingBack = Thread.ofPlatform().start(takesBack);
            await().until(() ->
                    !takingBack.isAlive() || takingBack.getState() == Thread.State.BLOCKED);
            tookBackFirst = !takingBack.isAlive();
            reported.countDown();
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            throw new AssertionError("nothing was handed out");
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            throw new AssertionError(error);
        }

        @Override
        public void complete(long[] tickets, int count) {
            throw new AssertionError("nothing was handed out");
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            throw new AssertionError(reason, cause);
        }
    }
}
