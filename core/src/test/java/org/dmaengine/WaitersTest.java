package org.dmaengine;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.spi.Scheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** A thread that waits looks for itself for a while before it parks (C6, C11). */
class WaitersTest {
    private static final long SPIN_NANOS = 100;

    private final Object lock = new Object();
    private final SteppedTime time = new SteppedTime();
    private final Waiters waiters = new Waiters(lock, time);
    private boolean changed;

    private void change() {
        synchronized (lock) {
            changed = true;
            waiters.wake();
        }
    }

    private boolean await(long deadlineNanos) {
        return waiters.await(() -> changed, deadlineNanos);
    }

    @Test
    @DisplayName("what changes while it looks ends the wait without a park")
    void shouldNotParkForWhatChangesSoon() {
        time.at(SPIN_NANOS / 2, this::change);

        assertThat(await(Deadline.NONE)).isTrue();
        assertThat(time.parks).isEmpty();
        assertThat(time.now).isLessThan(SPIN_NANOS);
    }

    @Test
    @DisplayName("what changes late is waited for parked")
    void shouldParkWhenItHasLookedForLong() {
        time.onPark = this::change;

        assertThat(await(Deadline.NONE)).isTrue();
        assertThat(time.parks).containsExactly(Long.MAX_VALUE);
        assertThat(time.now).isBetween(SPIN_NANOS, SPIN_NANOS + 10);
    }

    @Test
    @DisplayName("C11: a deadline ends the look too")
    void shouldNotLookBeyondDeadline() {
        assertThat(await(SPIN_NANOS / 2)).isFalse();
        assertThat(time.parks).isEmpty();
        assertThat(time.now).isLessThan(SPIN_NANOS);
    }

    @Test
    @DisplayName("changes that are not the one awaited do not prolong the look")
    void shouldLookForOneSpanOnly() {
        for (int i = 1; i < 3 * SPIN_NANOS; i++) {
            time.at(i, this::changeSomethingElse);
        }
        time.onPark = this::change;

        assertThat(await(Deadline.NONE)).isTrue();
        assertThat(time.parks).hasSize(1);
        assertThat(time.now).isBetween(SPIN_NANOS, SPIN_NANOS + 10);
    }

    private void changeSomethingElse() {
        synchronized (lock) {
            waiters.wake();
        }
    }

    @Test
    @DisplayName("a virtual thread parks at once: it would look on a carrier that others need")
    void shouldNotSpinOnVirtualThread() {
        time.onPark = this::change;

        Bench.join(Thread.ofVirtual().start(() -> await(Deadline.NONE)));
        assertThat(time.parks).hasSize(1);
        assertThat(time.now).isZero();
    }

    /** Moves by one nanosecond with each look at it. */
    private static final class SteppedTime implements Scheduler {
        private record Step(long nanos, Runnable body) {}

        private final List<Step> steps = new ArrayList<>();
        final List<Long> parks = new ArrayList<>();
        Runnable onPark = () -> {};
        long now;

        void at(long nanos, Runnable body) {
            steps.add(new Step(nanos, body));
        }

        @Override
        public long nanoTime() {
            now++;
            steps.removeIf(step -> {
                boolean due = step.nanos <= now;
                if (due) {
                    step.body.run();
                }
                return due;
            });
            return now;
        }

        @Override
        public long spinNanos() {
            return SPIN_NANOS;
        }

        @Override
        public void park(long nanos) {
            parks.add(nanos);
            onPark.run();
        }

        @Override
        public void unpark(Thread thread) {
            // Whoever parks is woken by the step that parks it.
        }

        @Override
        public Thread start(String name, Runnable body) {
            throw new UnsupportedOperationException(name);
        }
    }
}
