package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/** A pause that found the channel at work is reported by who works, unless it was taken back. */
class PauseReportTest {
    private final SteppedCrew threads = new SteppedCrew();
    private final PausedQueue queue = new PausedQueue();
    private final CpuChannel channel =
            new MovingChannel(
                    queue, new Lanes(new CpuOptions(1, 1, false, 1, 1, 0), threads), threads);
    private final List<Thread> started = new ArrayList<>();

    @AfterEach
    void join() throws InterruptedException {
        for (Thread thread : started) {
            thread.join();
        }
    }

    /** On a thread that is not the channel's owner. */
    private Thread elsewhere(Runnable call) {
        Thread thread = Thread.ofPlatform().start(call);
        started.add(thread);
        return thread;
    }

    private void awaitEnd(Thread thread) {
        await().until(() -> !thread.isAlive());
    }

    private void serve() {
        channel.start();
        while (threads.step()) {
            // Until no worker has anything to do.
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C13: nothing takes a pause back while it is reported, so that no report is late")
    void shouldTakePauseBackBeforeOrAfterItsReport(boolean abort) {
        queue.takesBack = abort ? channel::abort : channel::resume;

        serve();

        assertThat(queue.reports).isEqualTo(1);
        assertThat(queue.tookBackFirst).as("taken back inside of the report").isFalse();
    }

    @Test
    @DisplayName("C13: a pause that was taken back before is not reported")
    void shouldNotReportPauseThatWasTakenBack() {
        queue.afterPause = () -> awaitEnd(elsewhere(channel::resume));

        serve();

        assertThat(queue.toReport).isTrue();
        assertThat(queue.reports).isZero();
    }

    /** Is empty; while it says so for the first time, somebody else pauses the channel. */
    private final class PausedQueue implements ChannelQueue {
        private boolean asked;
        private boolean toReport;
        private Runnable afterPause = () -> {};
        private Runnable takesBack = () -> {};
        private int reports;
        private boolean tookBackFirst;

        @Override
        public String name() {
            return "paused";
        }

        @Override
        public @Nullable IssuedTransfer next() {
            if (!asked) {
                asked = true;
                awaitEnd(elsewhere(() -> toReport = !channel.pause()));
                afterPause.run();
            }
            return null;
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            next();
            return 0;
        }

        @Override
        public void paused() {
            reports++;
            Thread takingBack = elsewhere(takesBack);
            await().until(() ->
                    !takingBack.isAlive() || takingBack.getState() == Thread.State.BLOCKED);
            tookBackFirst = !takingBack.isAlive();
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
