package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What cannot be told where it belongs is told to the thread's handler, and nobody hangs. */
@SuppressWarnings("StaticAssignmentOfThrowable") // Two that are always the same.
class UntoldLossTest {
    private static final Error FIRST = new OutOfMemoryError("planted, in next");
    private static final Error SECOND = new OutOfMemoryError("planted, in lost");

    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final Threads threads = new Threads();
    private final Lanes lanes = new Lanes(new CpuOptions(1, 1, false, 9, 1, 0), threads);

    @AfterEach
    void endThreads() {
        lanes.close();
        await().until(() -> threads.started.stream().noneMatch(Thread::isAlive));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("C14: a worker that cannot tell that a channel is lost serves the others")
    void shouldServeOthersThoughALossCannotBeTold(boolean handlerThrows) {
        threads.handlerThrows = handlerThrows;
        BrokenQueue broken = new BrokenQueue();
        new MovingChannel(broken, lanes, threads).start();
        await().until(() -> broken.losses.get() == 1);

        BrokenQueue next = new BrokenQueue();
        new MovingChannel(next, lanes, threads).start();
        await().until(() -> next.losses.get() == 1);

        await().until(() -> uncaught.size() == 2);
        assertThat(uncaught).containsExactly(SECOND, SECOND);
        assertThat(broken.causes).containsExactly(FIRST);
        assertThat(threads.started).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a thread that cannot be started is told of, and the next doorbell tries again")
    void shouldTellThatNoThreadCanBeHad(boolean error) throws InterruptedException {
        Lanes two = new Lanes(new CpuOptions(2, 2, false, 9, 1, 0), threads);
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        CpuChannel slow =
                new MovingChannel(new ClientQueue(() -> hang(asked, hangs)), two, threads);
        // Its worker counts as inside of what takes long, where no queue of core ever hangs.
        slow.brief = false;
        slow.start();
        await().until(() -> asked.get() == 1);

        threads.refusal = error ? SECOND : new IllegalStateException("planted, in start");
        AtomicInteger served = new AtomicInteger();
        ring(new MovingChannel(new ClientQueue(served::incrementAndGet), two, threads));
        assertThat(uncaught).containsExactly(threads.refusal);
        assertThat(served).hasValue(0);

        threads.refusal = null;
        new MovingChannel(new ClientQueue(served::incrementAndGet), two, threads).start();
        await().until(() -> served.get() == 2);
        hangs.countDown();
        two.close();
    }

    @Test
    @DisplayName("C12: an abort that cannot report what it ends tells that the channel is lost")
    void shouldTellLossWhereAbortCannotReport() {
        HeldQueue broken = new HeldQueue();
        CpuChannel channel = new MovingChannel(broken, lanes, threads);
        broken.whenAsked = channel::pause;
        channel.start();
        await().until(() -> !channel.attentive && broken.asked.get() > 0 && isIdle(channel));
        broken.stopped = true;
        channel.abort();

        assertThat(broken.losses).containsExactly(FIRST);
    }

    /** A pause that nobody has to answer finds no owner. */
    private static boolean isIdle(CpuChannel channel) {
        return channel.pause();
    }

    /** On a thread whose handler the test knows. */
    private void ring(CpuChannel channel) throws InterruptedException {
        Thread.ofPlatform().uncaughtExceptionHandler(threads::handle).start(channel::start).join();
    }

    private static void hang(AtomicInteger asked, CountDownLatch latch) {
        asked.incrementAndGet();
        try {
            latch.await();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    /** Real ones, whose handler the test knows. */
    private final class Threads implements Scheduler {
        private final Queue<Thread> started = new ConcurrentLinkedQueue<>();
        private volatile boolean handlerThrows;
        private volatile @Nullable Throwable refusal;

        @Override
        public long nanoTime() {
            return Scheduler.system().nanoTime();
        }

        @Override
        public void park(long nanos) {
            Scheduler.system().park(nanos);
        }

        @Override
        public void unpark(Thread thread) {
            Scheduler.system().unpark(thread);
        }

        @Override
        public Thread start(String name, Runnable body) {
            switch (refusal) {
                case RuntimeException exception -> throw exception;
                case Error error -> throw error;
                case null, default -> {}
            }
            Thread thread =
                    Thread.ofPlatform()
                            .daemon(true)
                            .name(name)
                            .uncaughtExceptionHandler(this::handle)
                            .start(body);
            started.add(thread);
            return thread;
        }

        private void handle(Thread thread, Throwable thrown) {
            uncaught.add(thrown);
            if (handlerThrows) {
                throw new IllegalStateException("planted, in the handler");
            }
        }
    }

    /** Empty, and never lost. */
    private static class EmptyQueue implements ChannelQueue {
        @Override
        public String name() {
            return "empty";
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
        public void end(long ticket, Outcome outcome, long bytes) {
            throw new AssertionError("there was nothing to end");
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            throw new AssertionError("there was nothing to end");
        }

        @Override
        public void complete(long[] tickets, int count) {
            throw new AssertionError("there was nothing to end");
        }

        @Override
        public void paused() {
            throw new AssertionError("nobody paused");
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            throw new AssertionError(reason, cause);
        }
    }

    /** Does something when it is asked for work, once. */
    private static final class ClientQueue extends EmptyQueue {
        private final Runnable whenAsked;
        private boolean asked;

        ClientQueue(Runnable whenAsked) {
            this.whenAsked = whenAsked;
        }

        @Override
        public @Nullable IssuedTransfer next() {
            if (!asked) {
                asked = true;
                whenAsked.run();
            }
            return null;
        }
    }

    /** One copy, which is held as soon as it is taken, and whose end cannot be reported. */
    private static final class HeldQueue extends EmptyQueue implements IssuedTransfer {
        private final AtomicInteger asked = new AtomicInteger();
        private final Queue<Throwable> losses = new ConcurrentLinkedQueue<>();
        private final MemorySegment memory = MemorySegment.ofArray(new byte[16]);
        private volatile Runnable whenAsked = () -> {};
        private volatile boolean stopped;

        @Override
        public @Nullable IssuedTransfer next() {
            if (asked.getAndIncrement() > 0) {
                return null;
            }
            whenAsked.run();
            return this;
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            IssuedTransfer one = next();
            if (one == null) {
                return 0;
            }
            batch[0] = one;
            return 1;
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            throw FIRST;
        }

        @Override
        public void paused() {
            // The test asks more than once.
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            losses.add(cause);
        }

        @Override
        public long ticket() {
            return 1;
        }

        @Override
        public Operation operation() {
            return new Operation.Memset(memory, (byte) 1);
        }

        @Override
        public long lengthBytes() {
            return memory.byteSize();
        }

        @Override
        public boolean stopRequested() {
            return stopped;
        }

        @Override
        public void progress(long bytesMoved) {
            // Nobody looks.
        }

        @Override
        public boolean mayStartPeriod() {
            return true;
        }

        @Override
        public void periodElapsed() {
            // It has none.
        }
    }

    /** Fails when it is asked for work, and again when it is told that its channel is lost. */
    private static final class BrokenQueue extends EmptyQueue {
        private final AtomicInteger losses = new AtomicInteger();
        private final Queue<Throwable> causes = new ConcurrentLinkedQueue<>();

        @Override
        public @Nullable IssuedTransfer next() {
            throw FIRST;
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            causes.add(cause);
            losses.incrementAndGet();
            throw SECOND;
        }
    }
}
