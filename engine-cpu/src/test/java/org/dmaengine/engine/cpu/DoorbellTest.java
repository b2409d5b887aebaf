package org.dmaengine.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.IssuedTransfer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

/** A doorbell may ring at any moment, and is heard (P2). */
class DoorbellTest {
    private final SteppedCrew threads = new SteppedCrew();
    private final LateQueue queue = new LateQueue();
    private final CpuChannel channel =
            new MovingChannel(
                    queue, new Lanes(new CpuOptions(1, 1, false, 1, 1, 0), threads), threads);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @DisplayName("P2: work that comes just after a look is found, also after the worker's last")
    void shouldHearDoorbellWhileLeaving(int look) {
        queue.ringsAt = look;
        channel.start();
        while (threads.step()) {
            // Until no worker has anything to do.
        }

        assertThat(queue.ended).containsExactly(1L);
    }

    @Test
    @DisplayName("C14: a channel that is rung again and again does not keep its worker")
    void shouldLetOthersComeBetweenDoorbells() {
        Lanes lanes = new Lanes(new CpuOptions(1, 1, false, 2, 1, 0), threads);
        List<RestlessQueue> asked = new ArrayList<>();
        RestlessQueue first = new RestlessQueue(asked);
        RestlessQueue second = new RestlessQueue(asked);
        for (RestlessQueue each : List.of(first, second)) {
            each.itsChannel = new MovingChannel(each, lanes, threads);
            each.itsChannel.start();
        }
        while (threads.step()) {
            // Until no worker has anything to do.
        }

        assertThat(asked).hasSizeGreaterThan(100);
        assertThat(asked.indexOf(second)).isBetween(1, 5);
    }

    /**
     * Is found empty, and that very moment is not: at one of the looks it rings, and holds one
     * transfer.
     */
    private class LateQueue implements ChannelQueue {
        private int ringsAt;
        private int looks;
        private final List<Long> ended = new ArrayList<>();

        @Override
        public String name() {
            return "late";
        }

        @Override
        public @Nullable IssuedTransfer next() {
            looks++;
            if (looks == ringsAt) {
                channel.start();
            }
            return looks == ringsAt + 1 ? new Nothing() : null;
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            IssuedTransfer one = next();
            if (one != null) {
                batch[0] = one;
            }
            return one == null ? 0 : 1;
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            ended.add(ticket);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            throw new AssertionError(error);
        }

        @Override
        public void complete(long[] tickets, int count) {
            for (int i = 0; i < count; i++) {
                ended.add(tickets[i]);
            }
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

    /** Is rung at each look, so many times, and holds nothing. */
    private final class RestlessQueue extends LateQueue {
        private final List<RestlessQueue> asked;
        private int rings = 100;
        private @Nullable CpuChannel itsChannel;

        RestlessQueue(List<RestlessQueue> asked) {
            this.asked = asked;
        }

        @Override
        public @Nullable IssuedTransfer next() {
            asked.add(this);
            if (rings-- > 0 && itsChannel != null) {
                itsChannel.start();
            }
            return null;
        }
    }

    /** A transfer that moves no byte. */
    private static final class Nothing implements IssuedTransfer {
        private final Operation operation = new Operation.Interrupt();

        @Override
        public long ticket() {
            return 1;
        }

        @Override
        public Operation operation() {
            return operation;
        }

        @Override
        public long lengthBytes() {
            return operation.lengthBytes();
        }

        @Override
        public boolean stopRequested() {
            return false;
        }

        @Override
        public void progress(long bytes) {}

        @Override
        public boolean mayStartPeriod() {
            return true;
        }

        @Override
        public void periodElapsed() {}
    }
}
