package org.dmaengine.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmaengine.EngineDescription;
import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;
import org.dmaengine.spi.ChannelBackend;
import org.dmaengine.spi.ChannelQueue;
import org.dmaengine.spi.EngineBackend;
import org.dmaengine.spi.EngineProvider;
import org.dmaengine.spi.EngineSettings;
import org.dmaengine.spi.IssuedTransfer;
import org.dmaengine.spi.Scheduler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The sweep that the default build runs, and the proof that a sweep finds what it is there for.
 * Other seeds: {@code -Dsweep.first=SEED -Dsweep.seeds=COUNT}.
 */
class SimulationTest {
    private static final long FIRST = Long.getLong("sweep.first", 1);
    private static final long SEEDS = Long.getLong("sweep.seeds", 6_000);

    @Test
    @DisplayName("C1 to C17: no program breaks the contract, and all rare events are among them")
    void shouldKeepTheContractUnderEveryFault() {
        Sweep.Report report = Sweep.run(FIRST, SEEDS, Long.MAX_VALUE, _ -> true);
        System.out.printf(
                "simulation sweep: seeds %d to %d, %d steps, %.0f steps/s%n",
                FIRST, FIRST + report.seeds() - 1, report.steps(), report.stepsPerSecond());
        assertThat(report.failures()).as("replay it with ./dmaengine replay SEED").isEmpty();
        assertThat(report.missing()).as("rare events that no seed reached").isEmpty();
    }

    @Test
    void shouldReplayASeedExactly() {
        for (long seed = FIRST; seed < FIRST + 20; seed++) {
            Sweep.Replay once = Sweep.replay(seed, true);
            assertThat(Sweep.replay(seed, true)).isEqualTo(once);
            assertThat(World.run(ProgramGenerator.draw(seed), false).steps())
                    .as("recording changes nothing")
                    .isEqualTo(once.steps());
        }
    }

    @Test
    void shouldEndBetweenTwoSeedsWhereItIsTold() {
        Sweep.Report report = Sweep.run(FIRST, SEEDS, Long.MAX_VALUE, steps -> steps < 5_000);

        assertThat(report.steps()).isBetween(5_000L, 100_000L);
    }

    @Test
    @DisplayName("a lost wake-up is found: who waits for it never ends")
    void shouldFindALostWakeUp() {
        Sweep.Failure failure =
                find(
                        new Sabotage() {
                            @Override
                            public Scheduler scheduler(Scheduler simulation) {
                                return new ForgetfulScheduler(simulation);
                            }
                        });
        assertThat(failure.violation())
                .containsAnyOf("SimulationDeadlock", "SimulationStuck", "threads are left");
    }

    @Test
    @DisplayName("C2: an outcome before the last touch is found, and the program shrunk")
    void shouldFindAnEarlyOutcome() {
        Sweep.Failure failure = find(breaking(HastyQueue::new));
        assertThat(failure.violation()).containsAnyOf("C2", "C6", "C16", "P4");
        assertThat(failure.program().lines().filter(line -> line.startsWith("    ")))
                .as("what is left of the program")
                .hasSizeLessThanOrEqualTo(6);
        assertThat(failure.history()).contains("who", "cookie", "taken by the engine");
    }

    @Test
    @DisplayName("P4: an end that is swallowed is found")
    void shouldFindASwallowedEnd() {
        assertThat(find(breaking(SwallowingQueue::new)).violation()).isNotEmpty();
    }

    @Test
    @DisplayName("P9: an end that core tells with other bytes than the controller is found")
    void shouldFindOtherBytes() {
        assertThat(find(breaking(MiscountingQueue::new)).violation())
                .containsAnyOf("C2", "C9", "P9");
    }

    private static Sweep.Failure find(Sabotage sabotage) {
        Sweep.Report report = Sweep.run(FIRST, 500, Long.MAX_VALUE, 1, _ -> true, sabotage);
        assertThat(report.failures()).isNotEmpty();
        return report.failures().getFirst();
    }

    /** Wakes all but the fortieth. */
    private static final class ForgetfulScheduler implements Scheduler {
        private static final int FORGOTTEN = 40;

        private final Scheduler simulation;
        private int unparks;

        ForgetfulScheduler(Scheduler simulation) {
            this.simulation = simulation;
        }

        @Override
        public long nanoTime() {
            return simulation.nanoTime();
        }

        @Override
        public void park(long nanos) {
            simulation.park(nanos);
        }

        @Override
        public void unpark(Thread thread) {
            if (++unparks != FORGOTTEN) {
                simulation.unpark(thread);
            }
        }

        @Override
        public Thread start(String name, Runnable body) {
            return simulation.start(name, body);
        }

        @Override
        public Thread startNative(String name, Runnable body) {
            return simulation.startNative(name, body);
        }
    }

    private interface QueueBreaker {
        ChannelQueue around(ChannelQueue queue);
    }

    /** The simulated engine, behind a queue that is broken. */
    private static Sabotage breaking(QueueBreaker breaker) {
        return new Sabotage() {
            @Override
            public EngineProvider engine(EngineProvider simulated) {
                return new EngineProvider() {
                    @Override
                    public String name() {
                        return simulated.name();
                    }

                    @Override
                    public Probe probe() {
                        return simulated.probe();
                    }

                    @Override
                    public EngineBackend open(EngineSettings settings) {
                        return new BrokenBackend(simulated.open(settings), breaker);
                    }
                };
            }
        };
    }

    private record BrokenBackend(EngineBackend whole, QueueBreaker breaker)
            implements EngineBackend {
        @Override
        public EngineDescription description() {
            return whole.description();
        }

        @Override
        public ChannelBackend openChannel(int index, ChannelQueue queue) {
            return whole.openChannel(index, breaker.around(queue));
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    private abstract static class BrokenQueue implements ChannelQueue {
        final ChannelQueue whole;

        BrokenQueue(ChannelQueue whole) {
            this.whole = whole;
        }

        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public @Nullable IssuedTransfer next() {
            return whole.next();
        }

        @Override
        public int next(IssuedTransfer[] batch) {
            return whole.next(batch);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            whole.end(ticket, outcome, bytes);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes, TransferError error) {
            whole.end(ticket, outcome, bytes, error);
        }

        @Override
        public void complete(long[] tickets, int count) {
            whole.complete(tickets, count);
        }

        @Override
        public void paused() {
            whole.paused();
        }

        @Override
        public void lost(String reason, @Nullable Throwable cause) {
            whole.lost(reason, cause);
        }
    }

    /** Reports every third copy as complete the moment it is taken. */
    private static final class HastyQueue extends BrokenQueue {
        private static final int ONE_IN = 3;
        private int taken;

        HastyQueue(ChannelQueue whole) {
            super(whole);
        }

        @Override
        public @Nullable IssuedTransfer next() {
            IssuedTransfer next = super.next();
            boolean hasty =
                    next != null
                            && ++taken % ONE_IN == 0
                            && next.operation() instanceof Operation.Memcpy;
            if (hasty) {
                whole.end(next.ticket(), Outcome.COMPLETE, next.lengthBytes());
            }
            return next;
        }
    }

    /** Loses the fifth end. */
    private static final class SwallowingQueue extends BrokenQueue {
        private static final int SWALLOWED = 5;
        private int ends;

        SwallowingQueue(ChannelQueue whole) {
            super(whole);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            if (++ends != SWALLOWED) {
                whole.end(ticket, outcome, bytes);
            }
        }
    }

    /** One byte fewer than were moved, where they are not all. */
    private static final class MiscountingQueue extends BrokenQueue {
        MiscountingQueue(ChannelQueue whole) {
            super(whole);
        }

        @Override
        public void end(long ticket, Outcome outcome, long bytes) {
            boolean partial = outcome == Outcome.ABORTED && bytes > 0;
            whole.end(ticket, outcome, partial ? bytes - 1 : bytes);
        }
    }
}
