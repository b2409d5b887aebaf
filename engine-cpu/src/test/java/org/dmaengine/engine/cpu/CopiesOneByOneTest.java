package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedCopies;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Copies that were taken together, one of which fails: the others end one by one. */
class CopiesOneByOneTest {
    private static final int COUNT = 4;
    private static final int FAILS = 1;
    private static final long BYTES = 8;

    private final SteppedCrew threads = new SteppedCrew();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment target = arena.allocate(COUNT * BYTES);
    private final BrokenRun queue = new BrokenRun();
    private final CpuChannel channel =
            new MovingChannel(
                    queue, new Lanes(new CpuOptions(1, 1, false, 1, 1, 0), threads), threads);

    @BeforeEach
    void closeSourceOfOne() {
        queue.sources[FAILS].close();
    }

    @AfterEach
    void closeOthers() {
        arena.close();
        for (int i = 0; i < COUNT; i++) {
            if (i != FAILS) {
                queue.sources[i].close();
            }
        }
    }

    private void serve() {
        channel.start();
        stepToTheEnd();
    }

    private void stepToTheEnd() {
        while (threads.step()) {
            // Until no worker has anything to do.
        }
    }

    private void assertMoved(int from, int to) {
        for (int i = 0; i < COUNT; i++) {
            byte expected = (byte) (i >= from && i < to ? i + 1 : 0);
            assertThat(target.get(JAVA_BYTE, i * BYTES)).as("copy %d", i).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("P4, P9: each has an end of its own")
    void shouldEndOneByOne() {
        serve();

        assertThat(queue.ends)
                .containsExactly("1 COMPLETE 8", "2 READ_FAILED 0", "3 COMPLETE 8", "4 COMPLETE 8");
        assertThat(queue.runOver).isTrue();
    }

    @Test
    @DisplayName(
            "C13: a callback of one of them pauses: those behind are not moved before a resume")
    void shouldNotMoveWhilePausedByCallback() {
        List<Boolean> held = new ArrayList<>();
        queue.whenFailed = () -> held.add(channel.pause());

        serve();

        assertThat(held).containsExactly(true);
        assertMoved(0, 1);
        assertThat(queue.ends).containsExactly("1 COMPLETE 8", "2 READ_FAILED 0");
        assertThat(queue.runOver).isFalse();
        channel.resume();
        stepToTheEnd();
        assertThat(queue.ends).hasSize(4);
        assertThat(queue.runOver).isTrue();
        assertThat(target.get(JAVA_BYTE, 3 * BYTES)).isEqualTo((byte) 4);
    }

    @Test
    @DisplayName("C13, P3: terminated while paused, they are ended by who terminates, unmoved")
    void shouldEndPausedOnesWithoutWorker() {
        queue.whenFailed = channel::pause;
        serve();

        queue.stopped = true;
        channel.abort();

        assertMoved(0, 1);
        assertThat(queue.ends)
                .containsExactly("1 COMPLETE 8", "2 READ_FAILED 0", "3 ABORTED 0", "4 ABORTED 0");
        assertThat(queue.runOver).isTrue();
    }

    /** One run of copies, the source of one of which is closed. */
    private final class BrokenRun implements ChannelQueue, IssuedCopies {
        private final Arena[] sources = new Arena[COUNT];
        private final MemorySegment[] segments = new MemorySegment[COUNT];
        private final List<String> ends = new ArrayList<>();
        private Runnable whenFailed = () -> {};
        private boolean taken;
        private boolean stopped;
        private boolean runOver;

        BrokenRun() {
            for (int i = 0; i < COUNT; i++) {
                sources[i] = Arena.ofConfined();
                segments[i] = sources[i].allocate(BYTES).fill((byte) (i + 1));
            }
        }

        @Override
        public String name() {
            return "broken run";
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
        public @Nullable IssuedCopies nextCopies() {
            if (taken) {
                return null;
            }
            taken = true;
            return this;
        }

        @Override
        public void endCopies(int complete) {
            assertThat(complete).isZero();
            assertThat(runOver).isFalse();
            runOver = true;
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            ends.add(ticket + " " + outcome + " " + bytes);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            end(ticket, outcome, bytes);
            whenFailed.run();
        }

        @Override
        public void complete(long[] tickets, int count) {
            throw new AssertionError("they are no nodes");
        }

        @Override
        public void paused() {
            throw new AssertionError("who pauses is the owner, and is not moving bytes");
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            throw new AssertionError(reason, cause);
        }

        @Override
        public int count() {
            return COUNT;
        }

        @Override
        public long totalBytes() {
            return COUNT * BYTES;
        }

        @Override
        public long ticket(int index) {
            return index + 1L;
        }

        @Override
        public MemorySegment target(int index) {
            return target;
        }

        @Override
        public long targetOffset(int index) {
            return index * BYTES;
        }

        @Override
        public MemorySegment source(int index) {
            return segments[index];
        }

        @Override
        public long sourceOffset(int index) {
            return 0;
        }

        @Override
        public long lengthBytes(int index) {
            return BYTES;
        }

        @Override
        public Operation.Memcpy operation(int index) {
            throw new AssertionError("they are moved as they are");
        }

        @Override
        public boolean stopRequested() {
            return stopped;
        }
    }
}
